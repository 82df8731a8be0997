using System.Security.Claims;
using Clinic.Inbox.Conversations;
using Microsoft.AspNetCore.SignalR;

namespace Clinic.Inbox.Live;

/// <summary>
/// One connection to the hub with a mailbox of its own, so that one that reads slowly gets fewer, newer signals and holds
/// nobody up.
/// </summary>
internal sealed class HubListener(
    HubCallerContext connection,
    ISingleClientProxy client,
    InboxQueries inbox,
    ILogger log
)
{
    private Task _running = Task.CompletedTask;

    public SignalFold Mailbox { get; } = new();

    public ClaimsPrincipal User { get; } = connection.User ?? new ClaimsPrincipal();

    public void Start() => _running = RunAsync(connection.ConnectionAborted);

    /// <summary>Ends the connection: who holds it may not listen any more.</summary>
    public void Abort() => connection.Abort();

    /// <summary>Returns when nothing of it runs any more.</summary>
    public Task EndedAsync() => _running;

    private async Task RunAsync(CancellationToken gone)
    {
        try
        {
            var unread = await inbox.UnreadAsync(gone);
            await client.SendAsync("inboxCount", new InboxCount(unread), gone);
            while (true)
            {
                await Mailbox.WaitAsync(gone);
                var (changed, count) = Mailbox.Take();
                foreach (var change in changed)
                {
                    await client.SendAsync("conversationChanged", change, gone);
                }
                if (count is not null)
                {
                    await client.SendAsync("inboxCount", count, gone);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is gone.
        }
        catch (Exception failure)
        {
            log.LogListenerFailed(failure);
            connection.Abort();
        }
    }
}

internal static partial class LiveLog
{
    [LoggerMessage(LogLevel.Warning, "A hub connection could not be served and was ended")]
    public static partial void LogListenerFailed(this ILogger log, Exception failure);

    [LoggerMessage(LogLevel.Error, "Who listens to the hub could not be checked; trying again")]
    public static partial void LogCheckFailed(this ILogger log, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The hub could not read what it may have missed")]
    public static partial void LogNotCaughtUp(this ILogger log, Exception failure);

    [LoggerMessage(LogLevel.Warning, "A connection to {Path} from another site was refused")]
    public static partial void LogForeignOrigin(this ILogger log, string path);
}
