using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>
/// Sets up an authenticator app, or the first passkey: for somebody who is in, and for somebody of whom a second factor is
/// asked before they may come in.
/// </summary>
public sealed partial class SecondFactorPage(
    AccountOwners owners,
    SecondFactors factors,
    SecondStep step,
    SignInDesk desk,
    SessionBook sessions,
    NavigationManager navigation
)
{
    private AccountOwner? _owner;
    private AppInvitation? _invitation;
    private IReadOnlyList<string>? _codes;
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromForm(FormName = "app", Name = "Input")]
    private CodeForm? Posted { get; set; }

    private string Next => _owner?.Pending is null ? Paths.Security : Wanted;

    protected override async Task OnInitializedAsync()
    {
        _owner = await owners.FindAsync();
        if (_owner is not { User: var user, Pending: var pending })
        {
            navigation.NavigateTo(Paths.SignIn);
        }
        else if (pending is not null && await factors.HasAnyAsync(user))
        {
            // Whoever has one proves it; a second one is added from inside.
            navigation.NavigateTo(Paths.SecondStep);
        }
        else if (user.TwoFactorEnabled)
        {
            navigation.NavigateTo(Paths.Security);
        }
        else
        {
            _invitation = HttpMethods.IsGet(HttpContext.Request.Method)
                ? await factors.InviteAppAsync(user)
                : await factors.InvitationAsync(user);
        }
    }

    private async Task TurnOnAsync()
    {
        if (_owner is not { User: var user } owner || _invitation is null)
        {
            return;
        }
        if (!await owners.ProvesAsync(owner, Posted?.Current, HttpContext.RequestAborted))
        {
            _problems = ["The password is not right."];
        }
        else if (!await factors.TurnOnAsync(user, Posted?.Code))
        {
            _problems =
            [
                "That is not the code of this moment. Look at the app again, and at the clock of your phone.",
            ];
        }
        else
        {
            await IsOnAsync(owner, SignInFactors.PasswordAndCode);
        }
    }

    private async Task AddPasskeyAsync()
    {
        // Who is in adds passkeys on the page of their account.
        if (_owner is not { User: var user, Pending: not null } owner || _invitation is null)
        {
            return;
        }
        if (await factors.AddPasskeyAsync(user, Key?.Credential, name: null) is { } problem)
        {
            _problems = [problem];
            return;
        }
        await IsOnAsync(owner, SignInFactors.PasswordAndPasskey);
    }

    private async Task IsOnAsync(AccountOwner owner, SignInFactors with)
    {
        var codes = await factors.MakeFirstCodesAsync(owner.User);
        // The stamp is a new one, so no cookie of before is good any more, and no session either.
        if (owner.Pending is { } pending)
        {
            await sessions.EndOthersAsync(owner.User.Id, but: null, CancellationToken.None);
            await step.EndAsync();
            await desk.EnterAsync(owner.User, pending.Keep, with, HttpContext.RequestAborted);
        }
        else
        {
            var session = HttpContext.User.SessionId();
            await desk.RenewAsync(owner.User);
            await sessions.ProvenAsync(session, owner.User.Id, with, CancellationToken.None);
            await sessions.EndOthersAsync(owner.User.Id, session, CancellationToken.None);
        }
        _codes = codes;
    }
}
