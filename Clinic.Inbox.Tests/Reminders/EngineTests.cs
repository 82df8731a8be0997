using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>From an appointment in the book to a text on the phone, through the whole app with a moved clock.</summary>
public sealed class EngineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Databases =>
        [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_booked_visit_is_confirmed_asked_about_and_reminded_of_once(
        DatabaseKind kind
    )
    {
        await using var walk = Walk.On(kind);
        var practice = await Practice.OpenAsync(walk, [48 * 60, 3 * 60], preVisit: 24 * 60);
        var (ana, bella) = await practice.ClientAsync();
        var start = practice.Next(IsoDayOfWeek.Friday, 15);

        await practice.BookAsync(ana, bella, start, confirm: true);

        await practice.Phone.UntilCarriedAsync(1);
        var asked = 0;
        foreach (var hours in (int[])[48, 24, 3])
        {
            practice.AdvanceTo(start.AddHours(-hours));
            await practice.Phone.UntilCarriedAsync(1 + ++asked);
        }
        await practice.Phone.UntilQuietAsync();
        var texts = practice.Phone.Carried.Select(t => t.Text).ToList();
        Assert.Equal(4, texts.Count);
        Assert.Contains("booked for Bella: Exam on Friday", texts[0], StringComparison.Ordinal);
        Assert.Contains("STOP", texts[0], StringComparison.Ordinal);
        Assert.Contains("we expect Bella at Maple Grove", texts[1], StringComparison.Ordinal);
        Assert.Matches("/v/[0-9a-f]{32}", texts[2]);
        Assert.Contains("at 3:00 PM", texts[3], StringComparison.Ordinal);
        Assert.Null(await practice.Phone.OpenRowAsync());
        Assert.All(
            await practice.PlannedAsync(ana),
            p => Assert.Equal(ReminderState.Sent, p.State)
        );
    }

    [Fact]
    public async Task A_visit_that_moves_takes_its_reminders_along()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);

        var later = friday.AddDays(3);
        await practice.Book.MoveAsync(
            visit.Id,
            later,
            later.AddMinutes(30),
            staff: null,
            Practice.Rosa,
            Cancellation
        );

        // The confirmation of the new time, then the old reminder and the new one.
        var planned = await practice.UntilAsync(
            ana,
            ReminderState.Sent,
            ReminderState.Cancelled,
            ReminderState.Planned
        );
        Assert.Equal(ReminderKind.Confirmation, planned[0].Kind);
        Assert.Equal("The appointment was changed.", planned[1].Reason);
        Assert.Equal(later.AddDays(-1), planned[2].DueAt);
        await practice.Phone.UntilCarriedAsync(1);

        practice.AdvanceTo(friday.AddDays(-1));
        await practice.UntilNothingWaitsAsync();
        practice.AdvanceTo(later.AddDays(-1));
        await practice.UntilAsync(
            ana,
            ReminderState.Sent,
            ReminderState.Cancelled,
            ReminderState.Sent
        );
        await practice.Phone.UntilQuietAsync();
        Assert.Equal(2, practice.Phone.Carried.Count);
        Assert.Contains("Monday", practice.Phone.Carried[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visit_that_moves_and_moves_back_tells_each_time_once()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, []);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday, confirm: true);
        await practice.Phone.UntilCarriedAsync(1);

        foreach (var (days, texts) in ((int, int)[])[(1, 2), (0, 3)])
        {
            var start = friday.AddDays(days);
            await practice.Book.MoveAsync(
                visit.Id,
                start,
                start.AddMinutes(30),
                staff: null,
                Practice.Rosa,
                Cancellation
            );
            await practice.Phone.UntilCarriedAsync(texts);
        }

        await practice.UntilNothingWaitsAsync();
        await practice.Phone.UntilQuietAsync();
        string[] told = ["Friday", "Saturday", "Friday"];
        Assert.Equal(
            told,
            practice.Phone.Carried.Select(t =>
                told.First(day => t.Text.Contains(day, StringComparison.Ordinal))
            )
        );
    }

    [Fact]
    public async Task A_visit_that_moves_back_is_reminded_of_once()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);
        await practice.Book.CancelAsync(visit.Id, Practice.Rosa, Cancellation);
        await practice.UntilAsync(ana, ReminderState.Cancelled);

        await practice.Book.ReopenAsync(visit.Id, Practice.Rosa, Cancellation);

        await practice.UntilAsync(ana, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.UntilAsync(ana, ReminderState.Sent);
        await practice.Phone.UntilQuietAsync();
        Assert.Single(practice.Phone.Carried);
    }

    [Fact]
    public async Task A_text_that_waits_in_the_outbox_is_taken_back_when_its_visit_is_cancelled()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var max = await practice.PatientAsync(ana, "Max");
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.BookAsync(ana, max, friday);
        await practice.UntilAsync(ana, ReminderState.Planned, ReminderState.Planned);
        // Throttled for long: what comes next waits in the outbox.
        practice.Phone.Carrier.Next(
            practice.Phone.Number.Value,
            Answers.Throttle(3_600),
            Answers.Accept
        );
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.UntilAsync(ana, ReminderState.Sent, ReminderState.Sent);
        await UntilThrottledAsync(practice);

        await practice.Book.CancelAsync(visit.Id, Practice.Rosa, Cancellation);

        await Eventually.IsTrueAsync(
            async () =>
                await practice.PlannedAsync(ana) is var planned
                && planned.Count(p => p.State == ReminderState.Cancelled) == 1
                && planned.Count(p => p.State == ReminderState.Sent) == 1,
            "the cancelled visit's reminder is gone and the other has a text of its own"
        );
        practice.AdvanceTo(practice.Now.AddHours(1).AddMinutes(5));
        await practice.Phone.UntilCarriedAsync(2);
        await practice.Phone.UntilQuietAsync();
        Assert.Equal(2, practice.Phone.Carried.Count);
        Assert.Contains("we expect Max", practice.Phone.Carried[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_patients_of_a_client_on_one_day_become_one_text_unless_the_clinic_says_no()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var max = await practice.PatientAsync(ana, "Max");
        var friday = practice.Next(IsoDayOfWeek.Friday, 14);
        await practice.BookAsync(ana, bella, friday);
        await practice.BookAsync(ana, max, friday.AddMinutes(30));
        await practice.UntilAsync(ana, ReminderState.Planned, ReminderState.Planned);

        practice.AdvanceTo(friday.AddDays(-1));

        var together = await practice.UntilAsync(ana, ReminderState.Sent, ReminderState.Sent);
        Assert.Equal(together[0].MessageId, together[1].MessageId);
        await practice.Phone.UntilQuietAsync();
        Assert.Contains(
            "we expect Bella and Max at Maple Grove on Friday",
            Assert.Single(practice.Phone.Carried).Text,
            StringComparison.Ordinal
        );

        await using (var db = practice.App.Db())
        {
            db.Settings.Add(
                new Setting(
                    ReminderSettings.Key,
                    """{"appointmentOffsets":[1440],"oneTextADay":false,"medicalTime":"10:00:00","grace":"04:00:00"}"""
                )
            );
            await db.SaveChangesAsync(Cancellation);
        }
        var monday = practice.Next(IsoDayOfWeek.Monday, 14);
        await practice.BookAsync(ana, bella, monday);
        await practice.BookAsync(ana, max, monday.AddMinutes(30));
        await practice.UntilNothingWaitsAsync();
        practice.AdvanceTo(monday.AddDays(-1).AddHours(1));
        await practice.Phone.UntilCarriedAsync(3);
        await practice.Phone.UntilQuietAsync();
        Assert.Equal(3, practice.Phone.Carried.Count);
    }

    [Fact]
    public async Task What_is_due_in_quiet_hours_is_held_and_leaves_in_the_morning()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, [12 * 60]);
        var (ana, bella) = await practice.ClientAsync();
        // Twelve hours before ten in the morning: ten in the evening.
        var friday = practice.Next(IsoDayOfWeek.Friday, 10);
        await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);

        practice.AdvanceTo(friday.AddHours(-12));

        var held = Assert.Single(await practice.UntilAsync(ana, ReminderState.Held));
        Assert.Equal("Quiet hours until 8:00 AM.", held.Reason);
        Assert.Empty(practice.Phone.Carried);
        practice.AdvanceTo(friday.AddHours(-2));
        await practice.UntilAsync(ana, ReminderState.Sent);
        await practice.Phone.UntilCarriedAsync(1);
    }

    [Fact]
    public async Task A_reminder_that_waits_in_the_outbox_when_the_evening_comes_waits_for_the_morning()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, [48 * 60]);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 20);
        await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);
        practice.Phone.Carrier.Next(
            practice.Phone.Number.Value,
            Answers.Throttle(2 * 3_600),
            Answers.Accept
        );
        practice.AdvanceTo(friday.AddDays(-2));
        await UntilThrottledAsync(practice);

        // The throttling ends at ten in the evening; what staff write leaves then, and no reminder.
        practice.AdvanceTo(friday.AddDays(-2).AddHours(2).AddMinutes(5));
        var other = practice.Phone.AnotherPhone();
        await other.HearsAsync("Hello");
        await other.AnswersAsync("We are closed");
        await other.UntilCarriedAsync(1);
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = practice.App.Db();
                var now = practice.Now;
                return await db.Messages.AnyAsync(
                    m => m.Kind == MessageKind.Reminder && m.DueAt > now,
                    Cancellation
                );
            },
            "the reminder is put off"
        );
        Assert.Single(practice.Phone.Carried);

        practice.AdvanceTo(friday.AddDays(-1).AddHours(-12).AddMinutes(1));
        await practice.Phone.UntilCarriedAsync(2);
    }

    [Fact]
    public async Task Off_when_it_was_due_the_system_sends_late_within_the_grace_and_shows_the_rest_as_missed()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk, [24 * 60]);
        var (ana, bella) = await practice.ClientAsync();
        var bob = practice.Phone.AnotherPhone();
        var (robert, max) = await practice.ClientAsync(bob, "Bob", "Max");
        var friday = practice.Next(IsoDayOfWeek.Friday, 9);
        await practice.BookAsync(ana, bella, friday);
        await practice.BookAsync(robert, max, friday.AddHours(6));
        await practice.UntilAsync(ana, ReminderState.Planned);
        await practice.UntilAsync(robert, ReminderState.Planned);

        // One jump over both: for the system it was off until five hours after the first and before the second's grace ended.
        practice.AdvanceTo(friday.AddDays(-1).AddHours(7));

        var missed = Assert.Single(await practice.UntilAsync(ana, ReminderState.Missed));
        Assert.Equal("It could not leave in time.", missed.Reason);
        await practice.UntilAsync(robert, ReminderState.Sent);
        await bob.UntilCarriedAsync(1);
        Assert.Empty(practice.Phone.Carried);

        Assert.IsType<ReminderResult.Done>(
            await practice
                .App.Get<ReminderDesk>()
                .ResendAsync(missed.Id, Practice.Rosa, Cancellation)
        );
        await practice.UntilAsync(ana, ReminderState.Sent);
        await practice.Phone.UntilCarriedAsync(1);
    }

    [Fact]
    public async Task Who_did_not_consent_has_no_mobile_wants_none_or_died_is_skipped_and_the_reason_said()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var (unasked, rex) = await practice.ClientAsync(consents: false, patient: "Rex");
        var (unwilling, tom) = await practice.ClientAsync(practice.Phone.AnotherPhone());
        var (mourning, luna) = await practice.ClientAsync(practice.Phone.AnotherPhone());
        await practice.BookAsync(unasked, rex, friday);
        await practice.BookAsync(unwilling, tom, friday);
        await practice.BookAsync(mourning, luna, friday);
        await using (var db = practice.App.Db())
        {
            (
                await db.Clients.SingleAsync(c => c.Id == unwilling.Id, Cancellation)
            ).ReminderPreference = ReminderPreference.None;
            (await db.Patients.SingleAsync(p => p.Id == luna.Id, Cancellation)).Deceased = true;
            await db.SaveChangesAsync(Cancellation);
        }
        await practice.UntilNothingWaitsAsync();

        practice.AdvanceTo(friday.AddDays(-1));

        var reasons = new List<string>();
        foreach (var client in (Client[])[unasked, unwilling, mourning])
        {
            reasons.Add(
                Assert.Single(await practice.UntilAsync(client, ReminderState.Skipped)).Reason
            );
        }
        Assert.Contains("consent", reasons[0], StringComparison.Ordinal);
        Assert.Equal("The client's profile says: no reminders.", reasons[1]);
        Assert.Equal("The patient has died.", reasons[2]);
        Assert.Empty(practice.Phone.Carrier.Texts);
    }

    [Fact]
    public async Task Medical_reminders_follow_their_items_action_until_it_is_given_again()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var due = Practice.Local(practice.Now).Date.PlusDays(14);
        MedicalReminder reminder;
        await using (var db = practice.App.Db())
        {
            var vaccine = new InventoryItem(Id<InventoryItem>.New(practice.Now), "rabies vaccine");
            vaccine.RemindBy(new ReminderAction(365, [14, 3], [7]));
            reminder = new MedicalReminder(
                Id<MedicalReminder>.New(practice.Now),
                ana.Id,
                bella.Id,
                "rabies vaccine",
                due.ToDateOnly()
            );
            reminder.BelongTo(vaccine.Id);
            db.AddRange(vaccine, reminder);
            await db.SaveChangesAsync(Cancellation);
        }
        practice.Ring();
        await practice.UntilAsync(
            ana,
            ReminderState.Planned,
            ReminderState.Planned,
            ReminderState.Planned
        );

        practice.AdvanceTo(practice.Now.AddHours(1));
        await practice.UntilAsync(
            ana,
            ReminderState.Sent,
            ReminderState.Planned,
            ReminderState.Planned
        );
        await practice.Phone.UntilCarriedAsync(1);
        Assert.Contains(
            "time for Bella's rabies vaccine",
            practice.Phone.Carried[0].Text,
            StringComparison.Ordinal
        );

        await practice
            .App.Get<MedicalReminderBook>()
            .UpdateAsync(
                reminder.Id,
                new MedicalReminderDraft(null, null, null, State: MedicalState.Given),
                Practice.Rosa,
                Cancellation
            );
        practice.Ring();

        var planned = await practice.UntilAsync(
            ana,
            ReminderState.Sent,
            ReminderState.Cancelled,
            ReminderState.Cancelled
        );
        Assert.Equal("It was given.", planned[1].Reason);
    }

    [Fact]
    public async Task A_text_that_is_unreadable_in_the_database_falls_back_and_stops_nobody()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        await using (var db = practice.App.Db())
        {
            db.TemplateVersions.Add(
                new(
                    Id<Inbox.Templates.TemplateVersion>.New(practice.Now),
                    Inbox.Templates.TemplateKind.AppointmentReminder,
                    practice.Exam.Id.ToString(),
                    1,
                    "{% for i in (1..1000000000) %}x{% endfor %}",
                    "by hand",
                    practice.Now
                )
            );
            await db.SaveChangesAsync(Cancellation);
        }
        await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);

        practice.AdvanceTo(friday.AddDays(-1));

        await practice.UntilAsync(ana, ReminderState.Sent);
        await practice.Phone.UntilCarriedAsync(1);
        Assert.Contains(
            "we expect Bella",
            practice.Phone.Carried[0].Text,
            StringComparison.Ordinal
        );
    }

    /// <summary>The carrier said "later", and the text waits again.</summary>
    private static async Task UntilThrottledAsync(Practice practice)
    {
        await practice.Phone.UntilCarriedAsync(1);
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = practice.App.Db();
                return await db.Messages.AnyAsync(
                    m => m.State == MessageState.Queued && m.AttemptedAt != null,
                    Cancellation
                );
            },
            "the text waits again"
        );
    }
}
