using System.Security.Claims;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.People;

/// <summary>Who works here: add, give a role, shut and open accounts, make links.</summary>
public sealed partial class UsersPage(
    UserBook book,
    IDialogService dialogs,
    ISnackbar messages,
    NavigationManager navigation,
    AuthenticationStateProvider session,
    ILogger<UsersPage> log
) : LoadedPage(log)
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.ExtraSmall,
        FullWidth = true,
        CloseOnEscapeKey = true,
    };

    /// <summary>A link is shown once: a stray click beside the dialog must not lose it.</summary>
    private static readonly DialogOptions Insistent = Options with { BackdropClick = false };

    private string? _you;

    /// <summary>Counts refusals: rows are drawn anew, so that a select shows what is stored and not what was tried.</summary>
    private int _drawn;

    [PersistentState]
    public UserRow[]? Users { get; set; }

    protected override async Task LoadAsync()
    {
        _you = (await session.GetAuthenticationStateAsync()).User.FindFirstValue(
            ClaimTypes.NameIdentifier
        );
        if (Users is null)
        {
            await RefreshAsync();
        }
    }

    private async Task AddAsync()
    {
        var dialog = await dialogs.ShowAsync<AddUserDialog>("Add user", Options);
        if (await dialog.Result is { Canceled: false, Data: UserLink.Made made })
        {
            await RefreshAsync();
            await ShowLinkAsync(made, invitation: true);
        }
    }

    private async Task MakeLinkAsync(UserRow user)
    {
        switch (await book.MakeLinkAsync(user.Id, await ActorAsync(), Cancellation))
        {
            case UserLink.Made made:
                await ShowLinkAsync(made, user.Invited);
                break;
            case UserLink.Refused refused:
                messages.Add(refused.Problem, Severity.Error);
                break;
        }
    }

    private async Task ChangeRoleAsync(UserRow user, string? role)
    {
        if (role is not null && Roles.All.Contains(role))
        {
            var change = await book.ChangeRoleAsync(
                user.Id,
                role,
                await ActorAsync(),
                Cancellation
            );
            await TellAsync(change, $"{user.Name} is now {Roles.NameOf(role).ToLowerInvariant()}");
        }
    }

    private async Task ToggleActiveAsync(UserRow user)
    {
        var sure =
            !user.Active
            || await dialogs.ConfirmAsync(
                $"Deactivate {user.Name}?",
                "They are signed out everywhere at once and can't sign in. What they did stays. You can reactivate them at any time.",
                "Deactivate"
            );
        if (sure)
        {
            var change = await book.SetActiveAsync(
                user.Id,
                !user.Active,
                await ActorAsync(),
                Cancellation
            );
            await TellAsync(
                change,
                user.Active ? $"{user.Name} is deactivated" : $"{user.Name} can sign in again"
            );
        }
    }

    private async Task ShowSessionsAsync(UserRow user)
    {
        var parameters = new DialogParameters<UserSessionsDialog>
        {
            { dialog => dialog.User, user },
        };
        var dialog = await dialogs.ShowAsync<UserSessionsDialog>("Sessions", parameters, Options);
        if (await dialog.Result is { Canceled: false })
        {
            var sure = await dialogs.ConfirmAsync(
                $"Forget {user.Name}'s second factor?",
                "Their authenticator app, passkeys and recovery codes count for nothing from then on, and they are signed out everywhere. Make sure that it is really they who ask.",
                "Forget",
                destructive: true
            );
            if (sure)
            {
                await TellAsync(
                    await book.ForgetFactorsAsync(user.Id, await ActorAsync(), Cancellation),
                    $"{user.Name} signs in with the password alone until they set up another"
                );
            }
        }
    }

    private async Task TellAsync(UserChange change, string done)
    {
        var (text, severity) = change switch
        {
            UserChange.Done => (done, Severity.Success),
            UserChange.Yourself => (
                "You can't do this to your own account. Ask another administrator.",
                Severity.Error
            ),
            UserChange.LastAdministrator => (
                "This is the last administrator. Make somebody else one first.",
                Severity.Error
            ),
            UserChange.NotAllowed => ("Only an administrator can do this.", Severity.Error),
            _ => ("This user is not there any more.", Severity.Error),
        };
        messages.Add(text, severity);
        _drawn += change == UserChange.Done ? 0 : 1;
        await RefreshAsync();
    }

    private Task ShowLinkAsync(UserLink.Made made, bool invitation)
    {
        var parameters = new DialogParameters<LinkDialog>
        {
            { dialog => dialog.Link, navigation.ToAbsoluteUri(made.Path).ToString() },
            { dialog => dialog.Name, made.Name },
            { dialog => dialog.Invitation, invitation },
        };
        return dialogs.ShowAsync<LinkDialog>("Link", parameters, Insistent);
    }

    private async Task RefreshAsync() => Users = [.. await book.ListAsync(Cancellation)];

    private async Task<Actor> ActorAsync() =>
        (await session.GetAuthenticationStateAsync()).User.Actor();
}
