using System.Net;
using System.Net.Http.Json;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>Somebody sets the machine's clock while reminders are due, by an hour back and forward.</summary>
public sealed class SetClockTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_reminder_leaves_once_when_it_is_due_by_the_clock_as_it_is_then()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, [90, 60], moveClock: false);
        // Whatever the hour, it is not quiet.
        await practice
            .App.Get<HoursBook>()
            .SaveQuietAsync(
                new QuietHours(LocalTime.Midnight, LocalTime.MaxValue),
                Practice.Rosa,
                Cancellation
            );
        var phone = practice.Phone;
        var (ana, bella) = await practice.ClientAsync();
        // Due in five minutes and in 35.
        await practice.BookAsync(ana, bella, practice.Now.AddMinutes(95));
        await practice.UntilAsync(ana, ReminderState.Planned, ReminderState.Planned);
        await walk.StopAsync();
        using var process = await AppProcess.StartReadyAsync(walk);
        await LookedAsync(walk, ana);
        Assert.Empty(phone.Carried);

        await SetAsync(process, "PT6M");
        await phone.UntilCarriedAsync(1);
        await SetAsync(process, "-PT1H");
        await LookedAsync(walk, ana);
        Assert.Single(phone.Carried);
        await SetAsync(process, "PT90M");
        await phone.UntilCarriedAsync(2);
        await LookedAsync(walk, ana);
        await LookedAsync(walk, ana);

        await using var db = walk.Look();
        Assert.Equal(2, phone.Carried.Count);
        Assert.Equal(2, await db.Messages.CountAsync(m => m.Number == phone.Number, Cancellation));
        Assert.All(
            await db.PlannedReminders.Where(p => p.AppointmentId != null).ToListAsync(Cancellation),
            reminder => Assert.Equal(ReminderState.Sent, reminder.State)
        );
    }

    /// <summary>As an administrator sets it: no time passes by it.</summary>
    private static async Task SetAsync(AppProcess process, string by)
    {
        using var answer = await process.Http.PostAsJsonAsync(
            "simulator/clock",
            new { set = by },
            Cancellation
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Reminders were looked at from now on: one that was too late hours ago is missed.</summary>
    private static async Task LookedAsync(FaultWalk walk, Client client)
    {
        var at = DateTimeOffset.UtcNow;
        var late = new PlannedReminder(
            Id<PlannedReminder>.New(at),
            $"test/{Guid.NewGuid()}",
            ReminderKind.Medical,
            client.Id,
            patientId: null,
            DateOnly.FromDateTime(at.UtcDateTime),
            at.AddHours(-4),
            at.AddHours(-3)
        );
        await using (var db = walk.Look())
        {
            db.PlannedReminders.Add(late);
            await db.SaveChangesAsync(Cancellation);
        }
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.Look();
                return await db.PlannedReminders.AnyAsync(
                    p => p.Id == late.Id && p.State == ReminderState.Missed,
                    Cancellation
                );
            },
            "reminders are looked at"
        );
    }
}
