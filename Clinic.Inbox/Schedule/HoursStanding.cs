using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>Whether the hours were chosen, and what the sign at the door says.</summary>
internal sealed class HoursStanding : IStanding
{
    public int Order => 40;

    public async Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var week = look.Setting(WeeklyHours.Key, WeeklyHours.Default);
        var closures = await look.Db.Closures.AsNoTracking().ToListAsync(cancellation);
        var hours = HoursBook.Of(look.Clinic, week, closures);
        var sign = OpenSign.InWords(hours, Instant.FromDateTimeOffset(look.Now));
        var chosen = look.Settings.ContainsKey(WeeklyHours.Key);
        return
        [
            new Standing(
                "Hours",
                chosen ? StandingLevel.Ok : StandingLevel.Attention,
                chosen ? $"{sign}." : $"Nobody has set them yet: Monday to Friday, 8 to 6. {sign}.",
                Paths.Hours,
                Policies.Manage
            ),
        ];
    }
}
