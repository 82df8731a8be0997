using System.Xml;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using NodaTime;
using NodaTime.Text;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Schedule;

/// <summary>The schedule as people at the desk use it, with a phone at the other end and the demo clock.</summary>
public sealed class ScheduleInBrowserTests(BrowserFixture browsers)
{
    private const string Phone = "13125550134";
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INBOX_PICTURES");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_booked_visit_is_texted_of_confirmed_by_its_answer_and_planned_anew_when_it_moves()
    {
        await using var app = await SimulatorClient.StartAsync();
        await ArrangeAsync(app);
        using var dana = await app.UserAsync(name: "Dana Reed");
        using var kim = await app.UserAsync(name: "Kim Lee");
        var today = Today(app);
        await AdvanceToAsync(app, today.PlusDays(1), 10);
        var day = today.PlusDays(3);
        var atDana = await browsers.PageAsync(app, dana);
        var atKim = await browsers.PageAsync(app, kim);
        await OpenDayAsync(atDana, day);
        await OpenDayAsync(atKim, day);

        await atDana.Keyboard.PressAsync("b");
        await FillAsync(atDana, "14:00");
        await Expect(atDana.Locator("#booking-text")).ToBeCheckedAsync();
        await atDana.GetByRole(AriaRole.Button, new() { Name = "Book", Exact = true }).ClickAsync();

        // The other desk sees it, and the phone has the confirmation.
        await Expect(atKim.Locator(".day-grid .visit")).ToContainTextAsync("Biscuit");
        await ArrivesAsync(app, "booked for Biscuit");
        var texts = atDana.Locator(".visit-texts");
        await Expect(texts).ToContainTextAsync("Delivered");

        await AdvanceToAsync(app, day.PlusDays(-1), 14);
        await ArrivesAsync(app, "fill in this short form");
        await AdvanceToAsync(app, day, 11);
        await ArrivesAsync(app, "we expect Biscuit");

        await Expect(Status(atKim)).ToHaveTextAsync("Booked");
        await app.TextTheClinicAsync(Phone, "C");
        await Expect(Status(atKim)).ToHaveTextAsync("Confirmed");

        // Drawn here, too, before the mouse takes hold of it.
        await Expect(Status(atDana)).ToHaveTextAsync("Confirmed");
        // Two hours down: from 2 to 4.
        await DragAsync(atDana, downBy: 210);
        await Expect(atDana.GetByLabel("Time", new() { Exact = true })).ToHaveValueAsync("16:00");
        await atDana.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();

        await Expect(atKim.Locator(".day-grid .visit")).ToContainTextAsync("4:00 – 4:30\u00a0PM");
        await ArrivesAsync(app, "at 4:00 PM");
        await using var db = app.Db();
        var planned = await db
            .PlannedReminders.Where(p => p.Kind == ReminderKind.Appointment)
            .OrderBy(p => p.DueAt)
            .ToListAsync(Ct);
        // Three hours and one hour before the old time, then before the new one.
        Assert.Equal(
            [
                (At(day, 11), ReminderState.Sent),
                (At(day, 13), ReminderState.Cancelled),
                (At(day, 13), ReminderState.Planned),
                (At(day, 15), ReminderState.Planned),
            ],
            planned
                .OrderBy(p => p.DueAt)
                .ThenByDescending(p => p.State)
                .Select(p => (p.DueAt, p.State))
        );
    }

    [Fact]
    public async Task A_click_on_a_free_slot_books_there_and_escape_lets_a_dragged_visit_be()
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = await ArrangeAsync(app);
        var day = Today(app).PlusDays(3);
        await app.Get<AppointmentBook>().BookAsync(clinic.Draft(At(day, 14)), Arranged.Maya, Ct);
        using var dana = await app.UserAsync();
        var page = await browsers.PageAsync(app, dana);
        await OpenDayAsync(page, day);

        // A quarter past nine, a little below the line.
        await page.Locator(".day-column")
            .ClickAsync(
                new()
                {
                    Position = new() { X = 60, Y = (75 * 1.75f) + 5 },
                }
            );
        await Expect(page.Locator(".mud-dialog")).ToContainTextAsync("New appointment");
        await PickAsync(page);
        await Expect(page.GetByLabel("Time", new() { Exact = true })).ToHaveValueAsync("09:15");
        await Expect(page.GetByLabel("Staff", new() { Exact = true })).ToHaveValueAsync("Dr. Osei");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0);

        await DragAsync(page, downBy: 105, escape: true);

        await Expect(page.Locator(".day-ghost")).ToHaveCountAsync(0);
        // The first to open is this one: had the let-go mouse booked a slot, its person would stand in the dialog.
        await page.Keyboard.PressAsync("b");
        await PickAsync(page);
        await Expect(page.GetByLabel("Staff", new() { Exact = true })).ToHaveValueAsync("");
        await Expect(page.Locator(".day-grid .visit")).ToContainTextAsync("2:00 – 2:30\u00a0PM");
    }

    [Theory]
    [InlineData(1440, 900, false)]
    [InlineData(1440, 900, true)]
    [InlineData(390, 844, false)]
    [InlineData(390, 844, true)]
    public async Task Everybody_can_use_it(int width, int height, bool dark)
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = await ArrangeAsync(app);
        var day = Today(app).PlusDays(3);
        await app.Get<HoursBook>()
            .AddClosuresAsync(
                [(day.ToDateOnly(), day.ToDateOnly(), "Staff training")],
                Arranged.Maya,
                Ct
            );
        var book = app.Get<AppointmentBook>();
        await book.BookAsync(clinic.Draft(At(day, 9)), Arranged.Maya, Ct);
        await book.BookAsync(clinic.Draft(At(day, 11), "Dr. Santos"), Arranged.Maya, Ct);
        using var boss = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(
            app,
            boss,
            options =>
            {
                options.ViewportSize = new() { Width = width, Height = height };
                options.ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light;
            }
        );
        var name = $"{width}-{(dark ? "dark" : "light")}";

        await OpenDayAsync(page, day);
        await Expect(page.Locator(".day-closed")).ToContainTextAsync("Staff training");
        await page.Locator(width < 768 ? ".day-row" : ".day-grid .visit").First.ClickAsync();
        await Expect(page.Locator(".visit-texts")).ToContainTextAsync("Reminder");
        await CheckAsync(page, $"day-{name}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move or edit" }).ClickAsync();
        await page.GetByLabel("Time", new() { Exact = true }).FillAsync("11:15");
        await page.GetByLabel("Staff", new() { Exact = true }).FillAsync("Dr. Santos");
        await page.GetByLabel("Staff", new() { Exact = true }).PressAsync("Tab");
        await Expect(page.Locator(".mud-dialog .notice-warn")).ToHaveCountAsync(2);
        await CheckAsync(page, $"booking-{name}", page.Locator(".mud-dialog"));

        await page.GoLiveAsync("settings/appointment-types");
        await Expect(page.Locator(".type-row")).ToContainTextAsync("Wellness exam");
        await CheckAsync(page, $"types-{name}");
        await page.Locator(".type-row").ClickAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true }))
            .ToHaveValueAsync("Wellness exam");
        await CheckAsync(page, $"type-{name}");
        await page.GoLiveAsync("settings/reminders");
        await Expect(page.Locator(".offset-chips")).ToContainTextAsync("2 days");
        await CheckAsync(page, $"reminders-{name}");
    }

    [Fact]
    public async Task A_manager_gives_a_type_its_own_times()
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = await ArrangeAsync(app);
        using var boss = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, boss);
        await page.GoLiveAsync($"settings/appointment-types/{clinic.Type.Id}");

        await page.GetByLabel("Reminders of this type: one more", new() { Exact = true })
            .FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator(".offset-chips")).ToContainTextAsync("4 days");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove 1 hour" }).ClickAsync();
        await page.GetByLabel("Send the form before the visit").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();

        await Expect(page.Locator(".type-row"))
            .ToContainTextAsync("reminders 4 days and 3 hours before");
        await using var db = app.Db();
        var type = await db.AppointmentTypes.SingleAsync(Ct);
        Assert.Equal([4 * 1440, 180], type.ReminderOffsets!);
        Assert.Null(type.PreVisitOffset);
    }

    private static async Task<Arranged> ArrangeAsync(InboxApp app)
    {
        var clinic = await Arranged.InAsync(app);
        app.Get<ClinicClock>().UseZone(Chicago.Id);
        var now = app.Clock.GetUtcNow();
        await using var db = app.Db();
        db.ConsentRecords.Add(
            new ConsentRecord(
                Id<ConsentRecord>.New(now),
                clinic.Client.Id,
                ConsentCategory.Transactional,
                ConsentAction.Granted,
                ConsentMethod.InPerson,
                "May we text you?",
                now,
                "Dana Reed",
                now
            )
        );
        await db.SaveChangesAsync(Ct);
        await app.Get<AppointmentTypeBook>()
            .UpdateAsync(
                clinic.Type.Id,
                new AppointmentTypeDraft(
                    Name: null,
                    Minutes: null,
                    Color: null,
                    ReminderOffsets: new([180, 60]),
                    PreVisitOffset: new(24 * 60)
                ),
                Arranged.Maya,
                Ct
            );
        return clinic;
    }

    private static async Task FillAsync(IPage page, string time)
    {
        await PickAsync(page);
        await page.Locator("#booking-type").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByLabel("Time", new() { Exact = true }).FillAsync(time);
        await page.GetByLabel("Staff", new() { Exact = true }).FillAsync("Dr. Osei");
    }

    private static async Task PickAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Client" }).FillAsync("ruiz");
        await page.GetByRole(AriaRole.Option, new() { Name = "Ana Ruiz" }).ClickAsync();
        await Expect(page.Locator("#booking-type")).ToBeVisibleAsync();
    }

    /// <summary>Opens that day, ready for the mouse and the keys.</summary>
    private static async Task OpenDayAsync(IPage page, LocalDate day)
    {
        await page.GoLiveAsync($"schedule/day/{LocalDatePattern.Iso.Format(day)}");
        await Expect(page.Locator("[data-attached]")).ToHaveCountAsync(1);
    }

    private static async Task DragAsync(IPage page, float downBy, bool escape = false)
    {
        var visit = page.Locator(".day-grid .visit");
        // In the middle: at its edges the day scrolls under what is dragged.
        await page.Locator(".day-main").EvaluateAsync("day => day.scrollTop = 350");
        var box = (await visit.BoundingBoxAsync())!;
        var (x, y) = (box.X + 30, box.Y + 10);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x, y + downBy, new() { Steps = 5 });
        await Expect(page.Locator(".day-ghost")).ToHaveCountAsync(1);
        if (escape)
        {
            await page.Keyboard.PressAsync("Escape");
        }
        await page.Mouse.UpAsync();
    }

    private static ILocator Status(IPage page) =>
        page.Locator(".day-grid .visit .visit-status-word");

    /// <summary>The phone has a text that says so.</summary>
    private static Task ArrivesAsync(InboxApp app, string words) =>
        Eventually.IsTrueAsync(
            async () =>
                (await app.ItemsAsync($"handsets/{Phone}/messages")).Any(m =>
                    m.Text("text").Contains(words, StringComparison.Ordinal)
                ),
            $"the phone shows: {words}"
        );

    /// <summary>Moves the demo clock to a minute past that hour at the clinic.</summary>
    private static async Task AdvanceToAsync(InboxApp app, LocalDate day, int hour)
    {
        var by = At(day, hour).AddMinutes(1) - app.Clock.GetUtcNow();
        using var answer = await app.PostAsync("clock", new { advance = XmlConvert.ToString(by) });
        answer.EnsureSuccessStatusCode();
    }

    private static LocalDate Today(InboxApp app) =>
        Instant.FromDateTimeOffset(app.Clock.GetUtcNow()).InZone(Chicago).Date;

    private static DateTimeOffset At(LocalDate day, int hour) =>
        Chicago.AtLeniently(day.At(new LocalTime(hour, 0))).ToInstant().ToDateTimeOffset();

    /// <summary>Fails when axe finds anything at all.</summary>
    private static async Task CheckAsync(IPage page, string what, ILocator? part = null)
    {
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{what}.png") });
        }
        await (part?.PassesAxeAsync(what) ?? page.PassesAxeAsync(what));
    }
}
