using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>What administrators do to lines.</summary>
public sealed class Lines(InboxWriter writer)
{
    /// <summary>
    /// Lets a line that was paused (no credit) send again, what waits first. False when there is no such line or it is not
    /// paused.
    /// </summary>
    public Task<bool> ResumeAsync(Id<Line> id, Actor actor, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                await session.LockAsync("Lines", "Id", id.ToString());
                var line = await session.Db.Lines.FirstOrDefaultAsync(l => l.Id == id);
                if (line?.PausedReason is null)
                {
                    return false;
                }
                line.Resume();
                session.Note(actor, "line.resumed", id.ToString());
                await session.Db.SaveChangesAsync();
                session.Publish(new InboxEvent.LineChanged());
                session.WakeOutbox();
                return true;
            },
            cancellation
        );
}
