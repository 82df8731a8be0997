using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>One's own second factor, passkeys, recovery codes and sessions.</summary>
public sealed partial class SecurityPage(
    AccountOwners owners,
    SecondFactors factors,
    SignInRulesBook rules,
    SessionBook sessions,
    SignInDesk desk
)
{
    private FactorState _state = new(App: false, [], RecoveryCodes: 0);
    private IReadOnlyList<SessionRow> _sessions = [];
    private IReadOnlyList<string> _problems = [];
    private IReadOnlyList<string> _codes = [];
    private string? _told;
    private string? _this;

    [SupplyParameterFromForm(FormName = "factors", Name = "Input")]
    private SecurityForm? Posted { get; set; }

    [SupplyParameterFromForm(FormName = "sessions", Name = "Ended")]
    private EndedForm? Ended { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    protected override Task OnInitializedAsync() => ShowAsync();

    private async Task ShowAsync()
    {
        if (await owners.FindAsync() is not { User: var user })
        {
            return;
        }
        _this = HttpContext.User.SessionId()?.ToString();
        _state = await factors.StateAsync(user);
        _sessions = await sessions.ListAsync(user.Id, HttpContext.RequestAborted);
    }

    private async Task ChangeAsync()
    {
        if (await owners.FindAsync() is not { User: var user } owner || Posted is not { } posted)
        {
            return;
        }
        if (!await owners.ProvesAsync(owner, posted.Current, HttpContext.RequestAborted))
        {
            _problems = ["The password is not right."];
            return;
        }
        if (posted.Credential is { Length: > 0 })
        {
            await AddPasskeyAsync(user, posted);
        }
        else if (posted.Act == SecurityForm.NewCodes && _state.Any)
        {
            _codes = await factors.MakeCodesAsync(user);
        }
        else if (posted.Act == SecurityForm.AppOff || posted.Remove is { Length: > 0 })
        {
            await RemoveAsync(user, posted);
        }
        await ShowAsync();
    }

    private async Task AddPasskeyAsync(InboxUser user, SecurityForm posted)
    {
        if (await factors.AddPasskeyAsync(user, posted.Credential, posted.Name) is { } problem)
        {
            _problems = [problem];
            return;
        }
        _told = "The passkey is added.";
        _codes = await factors.MakeFirstCodesAsync(user);
        await sessions.ProvenAsync(
            HttpContext.User.SessionId(),
            user.Id,
            SignInFactors.PasswordAndPasskey,
            CancellationToken.None
        );
    }

    private async Task RemoveAsync(InboxUser user, SecurityForm posted)
    {
        if (
            _state.IsLast
            && (await rules.ReadAsync(HttpContext.RequestAborted)).Concerned.Contains(user.Role)
        )
        {
            _problems =
            [
                "The clinic asks you for a second factor. Set up another one before you remove this.",
            ];
            return;
        }
        if (posted.Act == SecurityForm.AppOff)
        {
            await factors.TurnOffAsync(user);
            // The stamp is a new one.
            await desk.RenewAsync(user);
            _told = "The authenticator app is off. Other sessions have ended.";
        }
        else
        {
            await factors.RemovePasskeyAsync(user, posted.Remove);
            _told = "The passkey opens nothing here any more. Other sessions have ended.";
        }
        // Whoever has the phone or the key may have come in by it.
        await sessions.EndOthersAsync(
            user.Id,
            HttpContext.User.SessionId(),
            CancellationToken.None
        );
    }

    private async Task EndAsync()
    {
        var by = HttpContext.User.Actor();
        if (Ended?.Session == EndedForm.Others)
        {
            await sessions.EndOthersAsync(
                by.Id,
                HttpContext.User.SessionId(),
                by,
                HttpContext.RequestAborted
            );
            _told = "All other sessions have ended.";
        }
        else if (Id<UserSession>.TryParse(Ended?.Session, provider: null, out var id))
        {
            // One's own alone, also of an administrator: others' are ended on the page of users.
            if (_sessions.Any(session => session.Id == id.ToString()))
            {
                await sessions.EndAsync(id, by, HttpContext.RequestAborted);
            }
            _told = "The session has ended.";
        }
        await ShowAsync();
    }
}

/// <summary>What the form of second factors sends.</summary>
internal sealed class SecurityForm
{
    public const string AppOff = "app-off";
    public const string NewCodes = "new-codes";

    public string? Act { get; set; }

    /// <summary>The id of a passkey.</summary>
    public string? Remove { get; set; }

    public string? Current { get; set; }

    /// <summary>Of a new passkey.</summary>
    public string? Name { get; set; }

    /// <summary>Of a new passkey: JSON.</summary>
    public string? Credential { get; set; }
}

/// <summary>What the form of sessions sends.</summary>
internal sealed class EndedForm
{
    public const string Others = "others";

    /// <summary>An id, or <see cref="Others"/>.</summary>
    public string? Session { get; set; }
}
