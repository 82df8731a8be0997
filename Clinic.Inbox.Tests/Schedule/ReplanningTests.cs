using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Schedule;

/// <summary>What is planned follows the book, the types and the clinic's choices.</summary>
public sealed class ReplanningTests : IAsyncLifetime
{
    /// <summary>Its clocks never change: a day before is 24 hours before, whenever the tests run.</summary>
    private const string Zone = "America/Phoenix";

    private InboxApp _app = null!;
    private Arranged _clinic = null!;
    private DateTimeOffset _start;

    private AppointmentBook Book => _app.Get<AppointmentBook>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        _clinic = await Arranged.InAsync(_app, Zone);
        // Far enough that nothing of it is due while the test runs.
        var day = ClinicDay.At(
            _app.Clock.GetUtcNow().AddDays(10),
            DateTimeZoneProviders.Tzdb[Zone]
        );
        _start = At(day, 15);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_booked_visit_is_reminded_of_at_the_clinics_offsets()
    {
        var id = await BookedAsync();

        var planned = await OpenAsync(id);

        Assert.Equal(
            [_start.AddDays(-2), _start.AddHours(-3)],
            planned.Where(p => p.Kind == ReminderKind.Appointment).Select(p => p.DueAt)
        );
        await using var db = _app.Db();
        Assert.True(
            await db.PlannedReminders.AnyAsync(p => p.Kind == ReminderKind.Confirmation, Ct)
        );
    }

    [Fact]
    public async Task A_moved_visits_old_reminders_are_cancelled_and_new_ones_planned()
    {
        var id = await BookedAsync();
        await OpenAsync(id);

        await Book.MoveAsync(
            id,
            _start.AddDays(1),
            _start.AddDays(1).AddMinutes(30),
            staff: null,
            Arranged.Maya,
            Ct
        );

        var open = await OpenAsync(id);
        Assert.Equal(
            [_start.AddDays(-1), _start.AddDays(1).AddHours(-3)],
            open.Where(p => p.Kind == ReminderKind.Appointment).Select(p => p.DueAt)
        );
        await using var db = _app.Db();
        var cancelled = await db
            .PlannedReminders.Where(p =>
                p.State == ReminderState.Cancelled && p.Kind == ReminderKind.Appointment
            )
            .ToListAsync(Ct);
        Assert.Equal(2, cancelled.Count);
        Assert.All(cancelled, c => Assert.Equal("The appointment was changed.", c.Reason));
    }

    [Fact]
    public async Task A_visit_moved_without_a_text_confirms_nothing()
    {
        var booked = await Book.BookAsync(
            _clinic.Draft(_start) with
            {
                ConfirmByText = false,
            },
            Arranged.Maya,
            Ct
        );
        var id = Assert.IsType<BookResult.Done>(booked).Appointment.Id;
        await Book.UpdateAsync(
            id,
            _clinic.Draft(_start.AddHours(1)) with
            {
                ConfirmByText = false,
            },
            Arranged.Maya,
            Ct
        );

        await OpenAsync(id);

        await using var db = _app.Db();
        Assert.False(
            await db.PlannedReminders.AnyAsync(p => p.Kind == ReminderKind.Confirmation, Ct)
        );
    }

    [Fact]
    public async Task A_cancelled_visit_says_nothing_any_more_and_a_reopened_one_does()
    {
        var id = await BookedAsync();
        await OpenAsync(id);

        await Book.CancelAsync(id, Arranged.Maya, Ct);
        Assert.Empty(await OpenAsync(id));

        await Book.ReopenAsync(id, Arranged.Maya, Ct);
        Assert.Equal(2, (await OpenAsync(id)).Count(p => p.Kind == ReminderKind.Appointment));
    }

    [Fact]
    public async Task A_visit_given_to_another_client_reminds_that_one()
    {
        var id = await BookedAsync();
        await OpenAsync(id);
        var now = _app.Clock.GetUtcNow();
        var other = new Client(Id<Client>.New(now), "Tom", "Becker", now);
        var patient = new Patient(Id<Patient>.New(now), other.Id, "Rex", "Dog");
        await using (var db = _app.Db())
        {
            db.AddRange(other, patient);
            await db.SaveChangesAsync(Ct);
        }

        await Book.UpdateAsync(
            id,
            _clinic.Draft(_start) with
            {
                ClientId = other.Id,
                PatientId = patient.Id,
            },
            Arranged.Maya,
            Ct
        );

        var open = await OpenAsync(id);
        Assert.NotEmpty(open);
        Assert.All(
            open,
            p => Assert.Equal((other.Id, patient.Id), (p.ClientId, p.PatientId!.Value))
        );
    }

    [Fact]
    public async Task A_types_new_offsets_reach_the_visits_that_are_booked_already()
    {
        var id = await BookedAsync();
        await OpenAsync(id);

        var saved = await _app.Get<AppointmentTypeBook>()
            .UpdateAsync(
                _clinic.Type.Id,
                new AppointmentTypeDraft(
                    Name: null,
                    Minutes: null,
                    Color: null,
                    ReminderOffsets: new([60]),
                    PreVisitOffset: new(24 * 60)
                ),
                Arranged.Maya,
                Ct
            );

        Assert.IsType<AppointmentTypeResult.Saved>(saved);
        var open = await OpenAsync(id);
        Assert.Equal(
            [
                (ReminderKind.PreVisit, _start.AddDays(-1)),
                (ReminderKind.Appointment, _start.AddHours(-1)),
            ],
            open.Where(p => p.Kind != ReminderKind.Confirmation).Select(p => (p.Kind, p.DueAt))
        );
    }

    [Fact]
    public async Task Offsets_out_of_range_are_refused_at_their_field()
    {
        var result = await _app.Get<AppointmentTypeBook>()
            .UpdateAsync(
                _clinic.Type.Id,
                new AppointmentTypeDraft(null, null, null, PreVisitOffset: new(90_000)),
                Arranged.Maya,
                Ct
            );

        var invalid = Assert.IsType<AppointmentTypeResult.Invalid>(result);
        Assert.Equal("preVisitOffset", invalid.Problem.Field);
    }

    [Fact]
    public async Task The_clinics_new_settings_move_what_is_planned()
    {
        var id = await BookedAsync();
        var due = await AddDueAsync();
        await OpenAsync(id);
        var book = _app.Get<ReminderSettingsBook>();

        var problems = await book.SaveAsync(
            new ReminderSettings(
                [120],
                OneTextADay: false,
                new LocalTime(14, 30),
                TimeSpan.FromHours(2)
            ),
            Arranged.Maya,
            Ct
        );

        Assert.Empty(problems);
        var open = await OpenAsync(id);
        Assert.Equal(
            _start.AddHours(-2),
            Assert.Single(open, p => p.Kind == ReminderKind.Appointment).DueAt
        );
        await using var db = _app.Db();
        var medical = await db.PlannedReminders.SingleAsync(p => p.MedicalReminderId == due, Ct);
        var local = Instant
            .FromDateTimeOffset(medical.DueAt)
            .InZone(DateTimeZoneProviders.Tzdb[Zone]);
        Assert.Equal(new LocalTime(14, 30), local.TimeOfDay);
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "reminderSettings.changed", Ct));
    }

    [Fact]
    public async Task Settings_that_make_no_sense_are_refused_at_their_fields()
    {
        var problems = await _app.Get<ReminderSettingsBook>()
            .SaveAsync(
                ReminderSettings.Default with
                {
                    AppointmentOffsets = [1],
                    Grace = TimeSpan.Zero,
                },
                Arranged.Maya,
                Ct
            );

        Assert.Equal(["appointmentOffsets", "grace"], problems.Select(p => p.Field));
    }

    private async Task<Id<MedicalReminder>> AddDueAsync()
    {
        var now = _app.Clock.GetUtcNow();
        var item = new InventoryItem(Id<InventoryItem>.New(now), "rabies vaccine");
        item.RemindBy(new ReminderAction(365, [0], []));
        var reminder = new MedicalReminder(
            Id<MedicalReminder>.New(now),
            _clinic.Client.Id,
            _clinic.Patient.Id,
            "Rabies vaccine",
            DateOnly.FromDateTime(now.AddDays(20).UtcDateTime)
        );
        reminder.BelongTo(item.Id);
        await using var db = _app.Db();
        db.AddRange(item, reminder);
        await db.SaveChangesAsync(Ct);
        return reminder.Id;
    }

    private async Task<Id<Appointment>> BookedAsync() =>
        Assert
            .IsType<BookResult.Done>(await Book.BookAsync(_clinic.Draft(_start), Arranged.Maya, Ct))
            .Appointment.Id;

    /// <summary>What is to go out, after planning; earliest first.</summary>
    private async Task<List<PlannedReminder>> OpenAsync(Id<Appointment> id)
    {
        await _app.Get<ReminderPlanner>().PlanAsync(Ct);
        await using var db = _app.Db();
        return await db
            .PlannedReminders.Where(p =>
                p.AppointmentId == id
                && (p.State == ReminderState.Planned || p.State == ReminderState.Held)
            )
            .OrderBy(p => p.DueAt)
            .ToListAsync(Ct);
    }

    private static DateTimeOffset At(ClinicDay day, int hour) =>
        day.Zone.AtLeniently(day.Date.At(new LocalTime(hour, 0))).ToDateTimeOffset();
}
