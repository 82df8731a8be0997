using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>A line as the add-ons page shows it.</summary>
/// <param name="Number">E.164.</param>
/// <param name="PausedReason">Why nothing leaves now; null when it sends.</param>
public sealed record LineRow(string Id, string Number, AddOn AddOn, string? PausedReason);

/// <summary>What managers do with the clinic's lines.</summary>
public sealed class LineDesk(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<LineRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var lines = await db
            .Lines.AsNoTracking()
            .OrderBy(l => l.CreatedAt)
            .ToListAsync(cancellation);
        return
        [
            .. lines.Select(l => new LineRow(
                l.Id.ToString(),
                l.Number.Value,
                l.AddOn,
                l.PausedReason
            )),
        ];
    }

    /// <summary>Lets a paused line send again, at once. False when it is not there or was not paused.</summary>
    public Task<bool> ResumeAsync(Id<Line> id, Actor by, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var line = await session.Db.Lines.SingleOrDefaultAsync(l => l.Id == id);
                if (line?.PausedReason is null)
                {
                    return false;
                }
                line.Resume();
                session.Note(by, "line.resumed", id.ToString());
                await session.Db.SaveChangesAsync();
                session.Publish(new InboxEvent.LineChanged());
                session.WakeOutbox();
                return true;
            },
            cancellation
        );
}
