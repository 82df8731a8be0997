using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>The process dies again and again in a run of reminders: each goes out once.</summary>
public sealed class EngineKillTests
{
    private const int Reminders = 1_000;
    private const int Kills = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// A kill between "about to send" on the disk and the carrier's answer leaves a text that nobody can know about without
    /// asking: it becomes unconfirmed, never leaves again by itself, and staff decide. Here they know what the carrier has, as they do by
    /// its receipts and its dashboard.
    /// </summary>
    [Fact]
    public async Task Killed_twenty_times_in_a_thousand_reminders_each_goes_out_exactly_once()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, [24 * 60], pace: 200, moveClock: false);
        await practice.Phone.PausesAsync();
        var visits = await BookAsync(practice);
        // The processes have the system's clock: whatever the hour, it is not quiet.
        await practice
            .App.Get<HoursBook>()
            .SaveQuietAsync(
                new QuietHours(LocalTime.Midnight, LocalTime.MaxValue),
                Practice.Rosa,
                Cancellation
            );
        await practice.Phone.ResumesAsync();
        await walk.StopAsync();
        var carrier = walk.Carrier;

        for (var kill = 1; kill <= Kills; kill++)
        {
            using var process = AppProcess.Start(walk);
            // Each in another moment: while planning, while the first leave, in the middle of the stream.
            var enough = kill == 1 ? 1 : carrier.Texts.Count + (kill * 7 % 43) + 1;
            await Eventually.IsTrueAsync(
                () => Task.FromResult(carrier.Texts.Count >= Math.Min(enough, Reminders)),
                $"{enough} texts reach the carrier"
            );
            process.Kill();
        }
        await walk.StartAsync();
        await UntilAllLeftAsync(walk);
        await SettleUnconfirmedAsync(walk);

        var texts = carrier.Texts.GroupBy(t => t.To).ToList();
        Assert.Equal(Reminders, texts.Count);
        Assert.All(texts, sent => Assert.Single(sent));
        await using var db = walk.App.Db();
        Assert.Equal(
            Reminders,
            await db.PlannedReminders.CountAsync(
                p => p.State == ReminderState.Sent && visits.Contains(p.AppointmentId!.Value),
                Cancellation
            )
        );
        Assert.Equal(
            Reminders,
            await db.Messages.CountAsync(m => m.State == MessageState.Sent, Cancellation)
        );
    }

    /// <summary>A thousand visits whose reminders became due a moment ago, not planned yet.</summary>
    private static async Task<List<Id<Appointment>>> BookAsync(Practice practice)
    {
        // By the system's clock, as the processes have it; planned as of an hour ago.
        var start = TimeProvider.System.GetUtcNow().AddDays(1).AddMinutes(-1);
        var booked = start.AddDays(-2);
        await using var db = practice.App.Db();
        // Where clocks never change: a day before is 24 hours before, whenever the test runs.
        db.ClinicProfiles.Single().Describe("Maple Grove", "America/Phoenix", "US", "");
        var visits = new List<Id<Appointment>>();
        for (var i = 0; i < Reminders; i++)
        {
            var client = new Client(Id<Client>.New(booked), "Ana", $"Cole {i}", booked);
            client.AddPhone(Walk.NewNumber(), PhoneType.Mobile);
            var visit = new Appointment(
                Id<Appointment>.New(booked),
                practice.Exam.Id,
                client.Id,
                patientId: null,
                start,
                start.AddMinutes(30),
                "Dr. Patel"
            );
            db.AddRange(
                client,
                visit,
                new ConsentRecord(
                    Id<ConsentRecord>.New(booked),
                    client.Id,
                    ConsentCategory.Transactional,
                    ConsentAction.Granted,
                    ConsentMethod.InPerson,
                    "May we text you?",
                    booked,
                    "Rosa Diaz",
                    booked
                ),
                new PlannedReminder(
                    Id<PlannedReminder>.New(booked),
                    $"appointment/{visit.Id}/reminder/1440/{Micros.Of(start)}",
                    ReminderKind.Appointment,
                    client.Id,
                    patientId: null,
                    DateOnly.FromDateTime(start.Date),
                    start.AddDays(-1),
                    start
                )
                {
                    AppointmentId = visit.Id,
                }
            );
            visits.Add(visit.Id);
        }
        await db.SaveChangesAsync(Cancellation);
        return visits;
    }

    private static Task UntilAllLeftAsync(Walk walk) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.App.Db();
                return !await db.PlannedReminders.AnyAsync(
                        p => p.State != ReminderState.Sent,
                        Cancellation
                    )
                    && !await db.Messages.AnyAsync(
                        m => m.State == MessageState.Queued || m.State == MessageState.Sending,
                        Cancellation
                    );
            },
            "every reminder left"
        );

    /// <summary>What staff do: what arrived is marked so, what did not is sent again.</summary>
    private static async Task SettleUnconfirmedAsync(Walk walk)
    {
        List<Id<Message>> unconfirmed;
        await using (var db = walk.App.Db())
        {
            unconfirmed = await db
                .Messages.Where(m => m.State == MessageState.Unconfirmed)
                .Select(m => m.Id)
                .ToListAsync(Cancellation);
        }
        // At most what was under way at once for each kill.
        Assert.InRange(unconfirmed.Count, 0, 4 * Kills);
        foreach (var id in unconfirmed)
        {
            var arrived = walk.Carrier.Texts.Any(t => t.ClientRef == id.ToString());
            await walk
                .App.Get<InboxWriter>()
                .RunAsync(
                    async session =>
                    {
                        var message = await session.Db.Messages.SingleAsync(m => m.Id == id);
                        if (arrived)
                        {
                            message.AssumeSent(session.Now);
                        }
                        else
                        {
                            message.Retry(session.Now);
                            session.WakeOutbox();
                        }
                        await session.Db.SaveChangesAsync();
                    },
                    Cancellation
                );
        }
        await UntilAllLeftAsync(walk);
    }
}
