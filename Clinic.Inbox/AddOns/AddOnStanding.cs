using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>Which add-on is on, with which number, and whether it sends.</summary>
internal sealed class AddOnStanding(ClinicNumbers numbers) : IStanding
{
    public int Order => 10;

    public async Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var lines = await look
            .Db.Lines.AsNoTracking()
            .Where(l => l.AddOn != AddOn.Off)
            .OrderBy(l => l.CreatedAt)
            .ToListAsync(cancellation);
        var unfinished = await look.Db.NumberOrders.CountAsync(
            o => o.NextAttemptAt != null,
            cancellation
        );
        var (level, text) = (lines, unfinished) switch
        {
            (_, > 0) => (
                StandingLevel.Attention,
                "A number was ordered and is not in use yet. Look how far it is."
            ),
            ([], _) => (StandingLevel.Attention, "No add-on is on: nothing is sent."),
            _ when lines.Find(l => l.PausedReason is not null) is { } paused => (
                StandingLevel.Attention,
                $"Nothing is sent now. {paused.PausedReason}"
            ),
            _ => (
                StandingLevel.Ok,
                $"{(lines[0].AddOn == AddOn.TwoWay ? "Two-way" : "One-way")} is on with {string.Join(", ", lines.Select(l => numbers.Write(l.Number)))}."
            ),
        };
        return [new Standing("Texting", level, text, Paths.AddOns, Policies.Manage)];
    }
}
