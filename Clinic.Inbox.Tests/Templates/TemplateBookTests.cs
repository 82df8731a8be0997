using System.Diagnostics;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Templates;

public sealed class TemplateBookTests(TemplateBookTests.Clinics clinic)
    : IClassFixture<TemplateBookTests.Clinics>
{
    private const TemplateKind Confirmation = TemplateKind.AppointmentConfirmation;
    private const TemplateKind Reminder = TemplateKind.AppointmentReminder;
    private static readonly Actor Priya = new("u1", "Priya Shah");
    private static readonly Actor Sam = new("u2", "Sam Ortiz");

    public static TheoryData<string> PoisonNames => Poisons.Names;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private InboxApp App => clinic.App;
    private TemplateBook Book => App.Get<TemplateBook>();

    [Theory]
    [MemberData(nameof(PoisonNames))]
    public async Task A_poisoned_text_is_refused_at_its_place_and_not_kept(string name)
    {
        var (text, line, column) = Poisons.Find(name);
        var type = NewType();
        var began = Stopwatch.GetTimestamp();

        var refused = Assert.IsType<TemplateResult.Refused>(
            await Book.SaveAsync(Reminder, type, text, null, Priya, Cancellation)
        );

        var problem = refused.Problems[0];
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.NotEmpty(problem.Message);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
        Assert.Empty(await Book.HistoryAsync(Reminder, type, Cancellation));
    }

    [Fact]
    public async Task A_saved_text_is_sent_from_then_on_and_nothing_is_lost()
    {
        var type = NewType();

        await SaveAsync(type, "One {{ patient.name }}", Priya);
        await SaveAsync(type, "  Two {{ patient.name }}\r\nand more \n", Sam);

        Assert.Equal("Two {{ patient.name }}\nand more", await CurrentAsync(type));
        Assert.Equal(
            [(2, "Sam Ortiz"), (1, "Priya Shah")],
            (await Book.HistoryAsync(Reminder, type, Cancellation)).Select(v => (v.Number, v.By))
        );
        await using var db = App.Db();
        var notes = await db
            .Audit.Where(a => a.Subject == $"appointmentReminder/{type}")
            .OrderBy(a => a.At)
            .ToListAsync(Cancellation);
        Assert.Equal(["Priya Shah", "Sam Ortiz"], notes.Select(a => a.ActorName));
        Assert.All(
            notes,
            a =>
            {
                Assert.Equal("template.saved", a.Action);
                Assert.DoesNotContain("patient", a.Detail, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task What_is_the_newest_already_is_not_written_again()
    {
        var type = NewType();
        await SaveAsync(type, "Hello {{ patient.name }}", Priya);

        await SaveAsync(type, "Hello {{ patient.name }}\n", Sam);

        Assert.Single(await Book.HistoryAsync(Reminder, type, Cancellation));
    }

    [Fact]
    public async Task Of_two_who_write_at_once_the_second_is_told_and_overwrites_nothing()
    {
        var type = NewType();
        await Book.SaveAsync(Reminder, type, "Priya's", 0, Priya, Cancellation);

        var second = await Book.SaveAsync(Reminder, type, "Sam's", 0, Sam, Cancellation);

        var newest = Assert.IsType<TemplateResult.Outdated>(second).Newest;
        Assert.Equal(("Priya's", "Priya Shah"), (newest.Text, newest.By));
        Assert.Equal("Priya's", await CurrentAsync(type));
        Assert.IsType<TemplateResult.Saved>(
            await Book.SaveAsync(Reminder, type, "Sam's", newest.Number, Sam, Cancellation)
        );
        Assert.Equal("Sam's", await CurrentAsync(type));
    }

    [Fact]
    public async Task A_type_that_gives_its_text_up_is_sent_the_clinics_again()
    {
        var type = NewType();
        var clinics = await CurrentAsync("");
        await SaveAsync(type, "Drop off at seven", Priya);

        await SaveAsync(type, null, Priya);

        Assert.Equal(clinics, await CurrentAsync(type));
        Assert.Equal(2, (await Book.HistoryAsync(Reminder, type, Cancellation)).Count);
    }

    [Fact]
    public async Task A_row_that_was_spoilt_by_hand_gives_way_to_the_next_wider_text()
    {
        var type = NewType();
        await SaveAsync(type, "Fine", Priya);
        foreach (
            var name in new[] { "endless loop", "100k characters", "nested without end", "script" }
        )
        {
            await SpoilAsync(Reminder, type, Poisons.Find(name).Text);
            Assert.Equal(await CurrentAsync(""), await CurrentAsync(type));
        }
        await SpoilAsync(TemplateKind.OptOutReply, "", "{% for i in (1..9) %}x{% endfor %}");

        await using var db = App.Db();
        var reply = await TemplateBook.CurrentAsync(db, TemplateKind.OptOutReply, "", Cancellation);
        Assert.Equal(TemplateInfo.Of(TemplateKind.OptOutReply).DefaultText, reply.Source);
        var shown = await App.Get<WordingQueries>()
            .OneAsync(TemplateKind.OptOutReply, "", Cancellation);
        Assert.True(shown is { IsUnreadable: true, IsDefault: true });
    }

    [Fact]
    public async Task A_spoilt_text_stops_no_reminder_neither_its_own_nor_others()
    {
        await using var app = await InboxApp.StartAsync();
        var arranged = await Arranged.InAsync(app);
        await ConsentAsync(app, arranged.Client);
        // A Tuesday at ten in Chicago: nothing is held for the night.
        var today = app.Clock.GetUtcNow();
        var days = (((int)DayOfWeek.Tuesday - (int)today.DayOfWeek + 7) % 7) + 7;
        app.Clock.Advance(
            new DateTimeOffset(today.Date.AddDays(days), TimeSpan.Zero).AddHours(16) - today
        );
        var now = app.Clock.GetUtcNow();
        var surgery = new AppointmentType(Id<AppointmentType>.New(now), "Surgery", 60, "blue");
        await using (var db = app.Db())
        {
            db.Add(surgery);
            db.Add(Spoilt(Confirmation, surgery.Id.ToString(), 1, now));
            await db.SaveChangesAsync(Cancellation);
        }
        var book = app.Get<AppointmentBook>();
        // On two days: what is on one day becomes one text.
        await book.BookAsync(arranged.Draft(now.AddDays(5)), Arranged.Maya, Cancellation);
        await book.BookAsync(
            arranged.Draft(now.AddDays(8)) with
            {
                TypeId = surgery.Id,
            },
            Arranged.Maya,
            Cancellation
        );

        var texts = await Eventually.GetAsync(
            async () =>
            {
                // Whether or not the schedule looks by itself.
                await app.Get<ReminderPlanner>().PlanAsync(Cancellation);
                await app.Get<ReminderFeeder>().FeedAsync(Cancellation);
                await using var db = app.Db();
                var found = await db
                    .Messages.Where(m => m.Kind == MessageKind.Reminder)
                    .Select(m => m.Text)
                    .ToListAsync(Cancellation);
                return found.Count >= 2 ? found : null;
            },
            "two confirmations"
        );

        Assert.Equal(2, texts.Count);
        Assert.Contains(texts, t => t.Contains("Surgery", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.Contains("Wellness exam", StringComparison.Ordinal));
        Assert.All(texts, t => Assert.DoesNotContain("{%", t, StringComparison.Ordinal));
    }

    private static string NewType() => Guid.NewGuid().ToString("N");

    private async Task SaveAsync(string scope, string? text, Actor by) =>
        Assert.IsType<TemplateResult.Saved>(
            await Book.SaveAsync(Reminder, scope, text, null, by, Cancellation)
        );

    private async Task<string> CurrentAsync(string scope)
    {
        await using var db = App.Db();
        return (await TemplateBook.CurrentAsync(db, Reminder, scope, Cancellation)).Source;
    }

    private async Task SpoilAsync(TemplateKind kind, string scope, string text)
    {
        await using var db = App.Db();
        await db
            .TemplateVersions.Where(v => v.Kind == kind && v.Scope == scope)
            .ExecuteDeleteAsync(Cancellation);
        var row = Spoilt(kind, scope, 1, App.Clock.GetUtcNow(), text);
        db.Add(row);
        await db.SaveChangesAsync(Cancellation);
    }

    private static TemplateVersion Spoilt(
        TemplateKind kind,
        string scope,
        int number,
        DateTimeOffset at,
        string text = "{% for i in (1..1000000000) %}x{% endfor %}"
    ) => new(Id<TemplateVersion>.New(at), kind, scope, number, text, "Somebody", at);

    private static async Task ConsentAsync(InboxApp app, Client client)
    {
        var now = app.Clock.GetUtcNow();
        await using var db = app.Db();
        db.ConsentRecords.Add(
            new ConsentRecord(
                Id<ConsentRecord>.New(now),
                client.Id,
                ConsentCategory.Transactional,
                ConsentAction.Granted,
                ConsentMethod.InPerson,
                "May we text you?",
                now,
                "Maya",
                now
            )
        );
        await db.SaveChangesAsync(Cancellation);
    }

    public sealed class Clinics : IAsyncLifetime
    {
        internal InboxApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await InboxApp.StartAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
