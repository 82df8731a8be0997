using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>A clinic in Chicago at nine on a Tuesday morning, whose clock the test moves, with clients who consented.</summary>
internal sealed class Practice(Walk walk, Scene phone, AppointmentType exam)
{
    public static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
    public static readonly Actor Rosa = new("user-1", "Rosa Diaz");

    public Scene Phone => phone;
    public AppointmentType Exam => exam;
    public InboxApp App => walk.App;
    public DateTimeOffset Now => App.Clock.GetUtcNow();
    public AppointmentBook Book => App.Get<AppointmentBook>();

    /// <summary>A walk of the test's own: moving the clock concerns everybody.</summary>
    /// <param name="preVisit">Minutes before a visit at which its form goes.</param>
    public static async Task<Practice> OpenAsync(
        Walk walk,
        IReadOnlyList<int>? offsets = null,
        int? preVisit = null,
        int pace = 30,
        bool moveClock = true
    )
    {
        await walk.StartAsync();
        var clock = walk.App.Clock;
        AppointmentType exam;
        await using (var db = walk.App.Db())
        {
            db.ClinicProfiles.Single().Describe("Maple Grove", Zone.Id, "US", "(312) 555-0142");
            await db
                .Settings.Where(s => s.Key == QuietHours.Key)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(x => x.Value, """{"from":"08:00:00","to":"21:00:00"}""")
                );
            // The reminders' line is the oldest: here the one that is the walk's own.
            await db.Lines.ExecuteUpdateAsync(l => l.SetProperty(x => x.MessagesPerSecond, pace));
            exam = new AppointmentType(
                Id<AppointmentType>.New(clock.GetUtcNow()),
                "Exam",
                30,
                "teal"
            );
            exam.RemindBy(sendsConfirmation: true, offsets ?? [24 * 60], preVisit);
            db.Add(exam);
            await db.SaveChangesAsync();
        }
        await using (var db = walk.App.Db())
        {
            var line = await db.Lines.OrderBy(l => l.CreatedAt).FirstAsync();
            var practice = new Practice(walk, new Scene(walk, line, Walk.NewNumber()), exam);
            if (moveClock)
            {
                practice.AdvanceTo(practice.Next(IsoDayOfWeek.Tuesday, 9));
            }
            return practice;
        }
    }

    /// <summary>The next such moment by the clinic's clock.</summary>
    public DateTimeOffset Next(IsoDayOfWeek day, int hour) => At(Local(Now).Date.Next(day), hour);

    public static DateTimeOffset At(LocalDate day, int hour, int minute = 0) =>
        (day + new LocalTime(hour, minute)).InZoneLeniently(Zone).ToDateTimeOffset();

    public static LocalDateTime Local(DateTimeOffset at) =>
        Instant.FromDateTimeOffset(at).InZone(Zone).LocalDateTime;

    public void AdvanceTo(DateTimeOffset at)
    {
        App.Clock.Advance(at - Now);
        Ring();
    }

    /// <summary>Looks now instead of at the next tick.</summary>
    public void Ring() =>
        App.Get<Feed>().Publish([new InboxEvent.RemindersChanged(ClientId: null)]);

    public async Task<(Client Client, Patient Patient)> ClientAsync(
        Scene? with = null,
        string first = "Ana",
        string patient = "Bella",
        bool consents = true
    )
    {
        var client = await (with ?? phone).ClientAsync(first, "Cole", consents);
        return (client, await PatientAsync(client, patient));
    }

    public async Task<Patient> PatientAsync(Client client, string name)
    {
        var patient = new Patient(Id<Patient>.New(Now), client.Id, name, "Dog");
        await using var db = App.Db();
        db.Add(patient);
        await db.SaveChangesAsync();
        return patient;
    }

    public async Task<Appointment> BookAsync(
        Client client,
        Patient patient,
        DateTimeOffset startsAt,
        bool confirm = false
    ) =>
        Assert
            .IsType<BookResult.Done>(
                await Book.BookAsync(
                    new AppointmentDraft(
                        exam.Id,
                        client.Id,
                        patient.Id,
                        startsAt,
                        ConfirmByText: confirm
                    ),
                    Rosa,
                    default
                )
            )
            .Appointment;

    /// <summary>Everything that was ever planned for the client, earliest first.</summary>
    public async Task<List<PlannedReminder>> PlannedAsync(Client client)
    {
        await using var db = App.Db();
        return await db
            .PlannedReminders.AsNoTracking()
            .Where(p => p.ClientId == client.Id)
            .OrderBy(p => p.DueAt)
            .ThenBy(p => p.Id)
            .ToListAsync();
    }

    /// <summary>Waits until the client's reminders are in these states, earliest first.</summary>
    public Task<List<PlannedReminder>> UntilAsync(Client client, params ReminderState[] states) =>
        Eventually.GetAsync(
            async () =>
                await PlannedAsync(client) is var planned
                && planned.Select(p => p.State).SequenceEqual(states)
                    ? planned
                    : null,
            $"the reminders become {string.Join(", ", states)}"
        );

    /// <summary>Every change was looked at and nothing that is due waits.</summary>
    public Task UntilNothingWaitsAsync()
    {
        Ring();
        return Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = App.Db();
                var now = Now;
                return !await db.Appointments.AnyAsync(a => a.NeedsPlanning)
                    && !await db.MedicalReminders.AnyAsync(r => r.NeedsPlanning)
                    && !await db.PlannedReminders.AnyAsync(p =>
                        p.State == ReminderState.Planned && p.DueAt <= now
                    );
            },
            "nothing that is due waits"
        );
    }
}
