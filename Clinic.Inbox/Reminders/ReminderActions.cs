using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>What a person does to a reminder from a page: does it, and says what came of it. One per circuit.</summary>
public sealed partial class ReminderActions(
    ReminderDesk desk,
    ConversationDesk conversations,
    ISnackbar snackbar,
    AuthenticationStateProvider session,
    ILogger<ReminderActions> log
)
{
    /// <summary>Sends it again, or a missed one late; says why when it can't be.</summary>
    public Task ResendAsync(Id<PlannedReminder> id) =>
        TryAsync(async actor =>
            await desk.ResendAsync(id, actor, CancellationToken.None) switch
            {
                ReminderResult.Done => ("The reminder goes out again.", Severity.Normal),
                ReminderResult.Refused refused => (refused.Reason, Severity.Warning),
                _ => ("This reminder is not there any more.", Severity.Warning),
            }
        );

    /// <summary>Staff know that an unconfirmed text arrived.</summary>
    public Task ArrivedAsync(Id<Message> id) =>
        TryAsync(async actor =>
            await conversations.AssumeSentAsync(id, actor, CancellationToken.None)
            is DeskResult.Done
                ? ("Marked as sent.", Severity.Normal)
                : ("That was settled already.", Severity.Warning)
        );

    private async Task TryAsync(Func<Actor, Task<(string Say, Severity How)>> act)
    {
        try
        {
            var user = (await session.GetAuthenticationStateAsync()).User;
            var (say, how) = await act(user.Actor());
            snackbar.Add(say, how);
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            snackbar.Add("That could not be done. Try again.", Severity.Error);
        }
    }

    [LoggerMessage(LogLevel.Error, "A reminder could not be changed from a page")]
    private partial void LogFailed(Exception failure);
}
