using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>From when until when a line was on for an add-on.</summary>
/// <param name="To">Null: it still is.</param>
public sealed record AddOnSpan(
    Id<Line> LineId,
    AddOn AddOn,
    DateTimeOffset From,
    DateTimeOffset? To
)
{
    public bool Overlaps(DateTimeOffset from, DateTimeOffset to) =>
        From < to && (To is null || To > from);
}

/// <summary>What was on when, read from the record of switches.</summary>
public sealed record AddOnHistory(IReadOnlyList<AddOnSpan> Spans)
{
    /// <summary>When the first line was there; null: never.</summary>
    public DateTimeOffset? Began => Spans.Count == 0 ? null : Spans.Min(s => s.From);

    public static async Task<AddOnHistory> ReadAsync(InboxDb db, CancellationToken cancellation)
    {
        var lines = await db
            .Lines.Select(l => new
            {
                l.Id,
                l.AddOn,
                l.CreatedAt,
            })
            .ToListAsync(cancellation);
        var switches = await db
            .AddOnSwitches.AsNoTracking()
            .OrderBy(s => s.At)
            .ThenBy(s => s.Id)
            .ToListAsync(cancellation);
        var spans = new List<AddOnSpan>();
        foreach (var line in lines)
        {
            var own = switches.FindAll(s => s.LineId == line.Id);
            // What a line was before its first switch, the switch itself says.
            var (addOn, since) = (own is [var first, ..] ? first.From : line.AddOn, line.CreatedAt);
            foreach (var change in own)
            {
                spans.Add(new AddOnSpan(line.Id, addOn, since, change.At));
                (addOn, since) = (change.To, change.At);
            }
            spans.Add(new AddOnSpan(line.Id, addOn, since, To: null));
        }
        return new AddOnHistory(spans);
    }

    /// <summary>Whether an add-on was on at any time between two instants.</summary>
    public bool WasOn(AddOn addOn, DateTimeOffset from, DateTimeOffset to) =>
        Spans.Any(s => s.AddOn == addOn && s.Overlaps(from, to));

    /// <summary>The spans of an add-on that touch the time between two instants.</summary>
    public IReadOnlyList<AddOnSpan> Of(AddOn addOn, DateTimeOffset from, DateTimeOffset to) =>
        [.. Spans.Where(s => s.AddOn == addOn && s.Overlaps(from, to))];
}
