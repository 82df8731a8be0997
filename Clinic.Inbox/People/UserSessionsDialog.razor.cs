using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.People;

/// <summary>
/// Where somebody is signed in, for an administrator. Closes with a yes when their second factor is to be forgotten.
/// </summary>
public sealed partial class UserSessionsDialog(
    SessionBook book,
    AuthenticationStateProvider session,
    ILogger<UserSessionsDialog> log
)
{
    private IReadOnlyList<SessionRow>? _sessions;
    private string? _told;
    private bool _failed;
    private bool _busy;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    [Parameter, EditorRequired]
    public UserRow User { get; set; } = null!;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _sessions = await book.ListAsync(User.Id, CancellationToken.None);
            _failed = false;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private Task EndAsync(SessionRow row) =>
        ChangeAsync(
            async by =>
                Id<UserSession>.TryParse(row.Id, provider: null, out var id)
                && await book.EndAsync(id, by, CancellationToken.None),
            $"The session on {row.Device} is over."
        );

    private Task EndAllAsync() =>
        ChangeAsync(
            by => book.EndOthersAsync(User.Id, but: null, by, CancellationToken.None),
            "All sessions are over."
        );

    private async Task ChangeAsync(Func<Actor, Task<bool>> change, string done)
    {
        _busy = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            _told = await change(by) ? done : "It was over already.";
            await LoadAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    [LoggerMessage(LogLevel.Error, "The sessions of a user could not be shown")]
    private partial void LogFailed(Exception failure);
}
