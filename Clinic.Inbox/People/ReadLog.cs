using System.Collections.Concurrent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>
/// Writes down who looked at what. Somebody who looks at the same again within a while is not noted again: the log is to
/// be read, and a screen that loads anew is no new look.
/// </summary>
public sealed class ReadLog(InboxWriter writer, TimeProvider clock)
{
    /// <summary>So long a second look at the same is the first one still.</summary>
    public static readonly TimeSpan SameLook = TimeSpan.FromMinutes(15);

    private const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<
        (string Actor, string Action, string Subject),
        DateTimeOffset
    > _looks = new();

    /// <summary>Completes when it is durable: what was not noted is not shown.</summary>
    /// <param name="action">For example <c>conversation.read</c>.</param>
    /// <param name="subject">The id of what was looked at.</param>
    public async Task NoteAsync(
        Actor actor,
        string action,
        string subject,
        CancellationToken cancellation
    )
    {
        var look = (actor.Id, action, subject);
        var now = clock.GetUtcNow();
        if (_looks.TryGetValue(look, out var before) && before <= now && now - before < SameLook)
        {
            return;
        }
        await NoteExportAsync(actor, action, subject, cancellation);
        if (_looks.Count >= MostRemembered)
        {
            // Too much to look through one by one; some looks are noted twice.
            _looks.Clear();
        }
        _looks[look] = now;
    }

    /// <summary>Who took something away as a file: each time.</summary>
    /// <param name="action">For example <c>statement.exported</c>.</param>
    public Task NoteExportAsync(
        Actor actor,
        string action,
        string subject,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                session.Note(actor, action, subject);
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
}
