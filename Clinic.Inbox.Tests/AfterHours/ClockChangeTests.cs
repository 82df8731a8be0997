using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.AfterHours;

/// <summary>The same wall clock on the days when it changes, in the app as it runs.</summary>
public sealed class ClockChangeTests
{
    private static readonly IReadOnlyList<OpenSpan> Daily =
    [
        new(new LocalTime(8, 0), new LocalTime(18, 0)),
    ];

    /// <summary>From a midnight that some day does not exist.</summary>
    private static readonly IReadOnlyList<OpenSpan> Nightly =
    [
        new(LocalTime.Midnight, new LocalTime(6, 0)),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_are_answered_by_the_wall_clock_on_both_sides_of_a_clock_change()
    {
        await using var app = await InboxApp.StartAsync();
        await app.Get<AfterHoursBook>()
            .SaveAsync(
                AfterHoursSettings.Default with
                {
                    AutoResponse = true,
                },
                Scene.Receptionist,
                Cancellation
            );
        var looks = Looks(Instant.FromDateTimeOffset(app.Clock.GetUtcNow()));
        Assert.True(looks.Count >= 30, "Looks were found.");
        var wrong = new List<string>();
        foreach (var (look, i) in looks.Select((look, i) => (look, i)))
        {
            await using (var db = app.Db())
            {
                var clinic = await db.ClinicProfiles.SingleAsync(Cancellation);
                clinic.Describe("Maple Grove", look.Zone, "US", "");
                await db.SaveChangesAsync(Cancellation);
            }
            await app.Get<HoursBook>()
                .SaveWeekAsync(
                    new WeeklyHours(
                        Enumerable.Range(1, 7).ToDictionary(d => (IsoDayOfWeek)d, _ => look.Hours)
                    ),
                    Scene.Receptionist,
                    Cancellation
                );
            var now = Instant.FromDateTimeOffset(app.Clock.GetUtcNow());
            app.Clock.Advance((look.At - now).ToTimeSpan());
            var phone = $"1415555{i:0000}";
            using var taken = await app.ReceiveAsync(phone, "Is Bella ready?");
            taken.EnsureSuccessStatusCode();
            await using var after = app.Db();
            var answered = await after.Messages.AnyAsync(
                m =>
                    m.Number == PhoneNumber.FromStored("+" + phone)
                    && m.Kind == MessageKind.AutoResponse,
                Cancellation
            );
            if (answered == look.Open)
            {
                wrong.Add(
                    $"{look.Zone} {look.At.InZone(DateTimeZoneProviders.Tzdb[look.Zone])}: answered {answered}"
                );
            }
        }
        Assert.Empty(wrong);
    }

    /// <summary>In order of time: on the days of the next changes, a minute before and at each opening and closing.</summary>
    private static List<Look> Looks(Instant now)
    {
        var looks = new List<Look>();
        foreach (
            var id in (string[])
                ["America/New_York", "America/Phoenix", "America/St_Johns", "Africa/Cairo"]
        )
        {
            var zone = DateTimeZoneProviders.Tzdb[id];
            // Phoenix has no changes: New York's days must be like any other there.
            var changing = id == "America/Phoenix" ? "America/New_York" : id;
            foreach (var change in Changes(DateTimeZoneProviders.Tzdb[changing], now))
            {
                var day = change.InZone(zone).Date;
                looks.Add(new Look(id, At(day, 7, 59), Daily, Open: false));
                looks.Add(new Look(id, At(day, 8, 0), Daily, Open: true));
                looks.Add(new Look(id, At(day, 17, 59), Daily, Open: true));
                looks.Add(new Look(id, At(day, 18, 0), Daily, Open: false));
                if (id == "Africa/Cairo" && zone.GetZoneInterval(change).Savings > Offset.Zero)
                {
                    Assert.NotEqual(0, change.InZone(zone).Hour);
                    looks.Add(new Look(id, change - Duration.FromMinutes(1), Nightly, Open: false));
                    looks.Add(new Look(id, change, Nightly, Open: true));
                }
            }

            Instant At(LocalDate day, int hour, int minute) =>
                day.At(new LocalTime(hour, minute)).InZoneLeniently(zone).ToInstant();
        }
        return [.. looks.OrderBy(look => look.At)];
    }

    private static IEnumerable<Instant> Changes(DateTimeZone zone, Instant now)
    {
        var first = now + Duration.FromDays(2);
        return zone.GetZoneIntervals(first, first + Duration.FromDays(370))
            .Skip(1)
            .Select(interval => interval.Start)
            .Take(2);
    }

    private sealed record Look(string Zone, Instant At, IReadOnlyList<OpenSpan> Hours, bool Open);
}
