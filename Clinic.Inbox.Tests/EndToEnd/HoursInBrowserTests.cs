using System.Xml;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using NodaTime;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>
/// Clinic hours, the auto-response and the pre-visit form in real browsers. With INBOX_PICTURES set, each page is kept
/// there as a picture.
/// </summary>
public sealed class HoursInBrowserTests(BrowserFixture browsers)
{
    private const string Phone = "14155550134";

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INBOX_PICTURES");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_manager_sets_the_week_with_breaks_and_is_told_what_is_wrong_where()
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync("settings/hours");

        await page.GetByLabel("Monday, closes", new() { Exact = true }).FillAsync("12:00");
        await page.GetByLabel("Add hours after a break on Monday").ClickAsync();
        await page.GetByLabel("Monday, opens (2)").FillAsync("11:00");
        await page.GetByLabel("Monday, closes (2)").FillAsync("17:30");
        await page.GetByText("Save the week").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Monday" }))
            .ToContainTextAsync("Two spans overlap");
        await Expect(page.GetByLabel("Monday, opens (2)"))
            .ToHaveAttributeAsync("aria-invalid", "true");

        await page.GetByLabel("Monday, opens (2)").FillAsync("13:00");
        await page.GetByText("Copy Monday to all weekdays").ClickAsync();
        await page.GetByText("Save the week").ClickAsync();
        await Expect(page.GetByText("The week was saved.")).ToBeVisibleAsync();

        var week = await app.Get<HoursBook>().WeekAsync(Cancellation);
        OpenSpan[] day =
        [
            new(new LocalTime(8, 0), new LocalTime(12, 0)),
            new(new LocalTime(13, 0), new LocalTime(17, 30)),
        ];
        Assert.Equal(5, week.Days.Count);
        Assert.All(week.Days.Values, spans => Assert.Equal(day, spans));
    }

    [Fact]
    public async Task Closures_come_by_hand_from_the_list_of_holidays_and_from_a_calendar_file()
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync("settings/hours");
        var year = app.Clock.GetUtcNow().Year + 1;
        var list = page.GetByRole(AriaRole.List, new() { Name = "Closures ahead" });

        await page.GetByRole(AriaRole.Button, new() { Name = "Add closure", Exact = true })
            .ClickAsync();
        await Expect(page.GetByText("Enter what the closure is called.")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Team training");
        await page.GetByLabel("First day").FillAsync($"{year}-03-10");
        await page.GetByLabel("Last day").FillAsync($"{year}-03-09");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add closure", Exact = true })
            .ClickAsync();
        await Expect(page.GetByText("ends on or after the day it begins")).ToBeVisibleAsync();
        await page.GetByLabel("Last day").FillAsync($"{year}-03-11");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add closure", Exact = true })
            .ClickAsync();
        await Expect(list).ToContainTextAsync("Team training");

        await page.GetByLabel("Year").SelectOptionAsync($"{year}");
        await page.GetByLabel("Country").SelectOptionAsync("CA");
        await page.GetByLabel("Victoria Day").CheckAsync();
        await page.GetByLabel("Boxing Day").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 closures" }).ClickAsync();
        await Expect(list).ToContainTextAsync("Victoria Day");

        await ChooseFileAsync(page, "no calendar");
        await Expect(page.GetByText("This is no iCalendar file")).ToBeVisibleAsync();
        await ChooseFileAsync(
            page,
            $"""
            BEGIN:VCALENDAR
            VERSION:2.0
            BEGIN:VEVENT
            UID:1
            DTSTART;VALUE=DATE:{year}0518
            DTEND;VALUE=DATE:{year}0520
            SUMMARY:Moving <b>house</b>
            END:VEVENT
            END:VCALENDAR
            """
        );
        await Expect(page.GetByLabel("Moving <b>house</b>")).ToBeCheckedAsync();
        await Expect(list).Not.ToContainTextAsync("Moving");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 1 closure" }).ClickAsync();
        await Expect(list).ToContainTextAsync("Moving <b>house</b>");

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Victoria Day" }).ClickAsync();
        await Expect(list).Not.ToContainTextAsync("Victoria Day");
        var kept = await app.Get<HoursBook>().ClosuresAsync(Cancellation);
        Assert.Equal(
            ["Team training", "Moving <b>house</b>", "Boxing Day"],
            kept.Select(c => c.Name)
        );
    }

    [Fact]
    public async Task Quiet_hours_that_end_before_they_begin_are_refused()
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync("settings/hours");
        var form = page.GetByRole(AriaRole.Form, new() { Name = "Quiet hours" });

        await form.GetByLabel("Not after").FillAsync("07:00");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("ends before it begins");
        await form.GetByLabel("Not after").FillAsync("19:30");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByText("The quiet hours were saved.")).ToBeVisibleAsync();

        Assert.Equal(
            new QuietHours(new LocalTime(8, 0), new LocalTime(19, 30)),
            await app.Get<HoursBook>().QuietAsync(Cancellation)
        );
    }

    [Fact]
    public async Task After_closing_time_a_text_is_answered_once_and_the_alert_lies_in_the_folder()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager, "Priya Shah");
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync("settings/auto-response");
        await page.GetByRole(AriaRole.Button, new() { Name = "Activate" }).ClickAsync();
        await Expect(page.GetByText("Active", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByLabel("Priya Shah").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the alert" }).ClickAsync();
        await Expect(page.GetByText("The alert was saved.")).ToBeVisibleAsync();

        using var moved = await app.PostAsync(
            "clock",
            new { advance = await UntilEveningAsync(app) }
        );
        moved.EnsureSuccessStatusCode();
        await app.TextTheClinicAsync(Phone, "Bella ate a sock");
        await app.TextTheClinicAsync(Phone, "A long one");

        await page.GotoAsync("schedule/inbox");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        await page.Locator("[data-row]").ClickAsync();
        var answer = page.Locator(".msg-ours", new() { HasText = "Auto-response" });
        await Expect(answer).ToHaveCountAsync(1);
        await Expect(answer).ToContainTextAsync("open again");
        await Expect(answer.Locator(".delivery-delivered")).ToBeVisibleAsync();
        await PictureAsync(page, "auto-response-thread");
        Assert.Single(
            await app.ItemsAsync($"handsets/{Phone}/messages"),
            m => m.Text("text").Contains("open again", StringComparison.Ordinal)
        );
        await Eventually.IsTrueAsync(
            () =>
                Task.FromResult(
                    Directory.Exists(app.Mail) && Directory.GetFiles(app.Mail, "*.eml").Length == 1
                ),
            "one alert lies in the folder"
        );
        var email = await File.ReadAllTextAsync(
            Directory.GetFiles(app.Mail, "*.eml").Single(),
            Cancellation
        );
        Assert.DoesNotContain("sock", email, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_client_fills_in_the_form_on_a_phone(ColorScheme colours)
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = await Arranged.InAsync(app);
        var token = await FormAsync(app, clinic);
        var page = await browsers.PageAsync(
            app,
            user: null,
            options =>
            {
                options.ViewportSize = new ViewportSize { Width = 390, Height = 844 };
                options.ColorScheme = colours;
                options.JavaScriptEnabled = colours == ColorScheme.Light;
            }
        );

        await page.GotoAsync($"v/{token}");
        await CheckAsync(page, $"previsit-{colours}", axe: colours == ColorScheme.Light);
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.GetByLabel("What brings Biscuit in?").FillAsync("Limps since Sunday");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send to the clinic" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }))
            .ToBeVisibleAsync();
        await CheckAsync(page, $"previsit-thanks-{colours}", axe: colours == ColorScheme.Light);
        await page.GetByText("change your answers").ClickAsync();
        await Expect(page.GetByLabel("What brings Biscuit in?"))
            .ToHaveValueAsync("Limps since Sunday");
        await page.GetByLabel("Which medication and food").FillAsync("Kibble, twice a day");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }))
            .ToBeVisibleAsync();
        await using var db = app.Db();
        var form = await db.PreVisitForms.SingleAsync(Cancellation);
        Assert.Equal(
            ("Limps since Sunday", "Kibble, twice a day"),
            (form.Concern, form.Medication)
        );

        // The desk sees it where the visit is.
        using var dana = await app.UserAsync();
        var desk = await browsers.PageAsync(app, dana, o => o.ColorScheme = colours);
        var visit = await db.Appointments.SingleAsync(Cancellation);
        var day = Instant
            .FromDateTimeOffset(visit.StartsAt)
            .InZone(DateTimeZoneProviders.Tzdb["America/Chicago"])
            .Date;
        await desk.GoLiveAsync($"schedule/day/{day:uuuu-MM-dd}?visit={visit.Id}");
        await Expect(desk.Locator(".previsit-summary")).ToContainTextAsync("Limps since Sunday");
        await CheckAsync(desk, $"previsit-visit-{colours}");

        await page.GotoAsync("v/nonsense");
        await Expect(page.GetByText("This form has closed")).ToBeVisibleAsync();
        await CheckAsync(page, $"previsit-closed-{colours}", axe: colours == ColorScheme.Light);
    }

    [Theory]
    [InlineData(ColorScheme.Light, "#f4f7f7")]
    [InlineData(ColorScheme.Dark, "#0f1516")]
    public async Task A_first_visit_has_the_colours_of_the_device(ColorScheme device, string ground)
    {
        await using var app = await InboxApp.StartAsync();
        var token = await FormAsync(app, await Arranged.InAsync(app));
        var page = await browsers.PageAsync(app, user: null, o => o.ColorScheme = device);

        await page.GotoAsync($"v/{token}");

        var color = System.Drawing.ColorTranslator.FromHtml(ground);
        await Expect(page.Locator("body"))
            .ToHaveCSSAsync("background-color", $"rgb({color.R}, {color.G}, {color.B})");
        await CheckAsync(page, $"previsit-first-{device}");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Axe_finds_nothing_in_the_way(ColorScheme colours, int width)
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager, "Priya Shah");
        var clinic = await Arranged.InAsync(app);
        var token = await FormAsync(app, clinic);
        await app.Get<HoursBook>()
            .AddClosuresAsync(
                [
                    .. Holidays
                        .Of("US", app.Clock.GetUtcNow().Year + 1)
                        .Take(3)
                        .Select(h => (h.Day, h.Day, h.Name)),
                    (new DateOnly(2020, 5, 1), new DateOnly(2020, 5, 2), "Moving"),
                ],
                Scene.Receptionist,
                Cancellation
            );
        var page = await browsers.PageAsync(
            app,
            priya,
            options =>
            {
                options.ColorScheme = colours;
                options.ViewportSize!.Width = width;
                options.ViewportSize.Height = width == 390 ? 844 : 900;
            }
        );
        var name = $"{width}-{colours}";

        await page.GoLiveAsync("settings/hours");
        await page.GetByLabel("Add hours after a break on Tuesday").ClickAsync();
        await page.GetByLabel("Tuesday, opens (2)").FillAsync("09:00");
        await page.GetByText("Save the week").ClickAsync();
        await Expect(page.Locator(".week .field-error")).ToBeVisibleAsync();
        await CheckAsync(page, $"hours-{name}");
        await page.GetByText("Import a calendar").ScrollIntoViewIfNeededAsync();
        await PictureAsync(page, $"hours-lower-{name}");
        await page.GoLiveAsync("settings/auto-response");
        await Expect(page.GetByLabel("Priya Shah", new() { Exact = false }).First)
            .ToBeVisibleAsync();
        await CheckAsync(page, $"auto-response-{name}");
        await page.GotoAsync($"v/{token}");
        await CheckAsync(page, $"previsit-{name}");
    }

    private static Task ChooseFileAsync(IPage page, string text) =>
        page.GetByLabel("iCalendar file")
            .ChooseAsync(
                new FilePayload
                {
                    Name = "calendar.ics",
                    MimeType = "text/calendar",
                    Buffer = System.Text.Encoding.UTF8.GetBytes(text),
                }
            );

    /// <summary>To ten in the evening at the clinic, as the simulator wants it.</summary>
    private static async Task<string> UntilEveningAsync(InboxApp app)
    {
        var hours = await app.Get<HoursBook>().HoursAsync(Cancellation);
        var now = Instant.FromDateTimeOffset(app.Clock.GetUtcNow());
        var evening = now.InZone(hours.Zone)
            .Date.PlusDays(1)
            .At(new LocalTime(22, 0))
            .InZoneLeniently(hours.Zone)
            .ToInstant();
        return XmlConvert.ToString((evening - now).ToTimeSpan());
    }

    private static async Task<string> FormAsync(InboxApp app, Arranged clinic)
    {
        var now = app.Clock.GetUtcNow();
        var booked = Assert.IsType<BookResult.Done>(
            await app.Get<AppointmentBook>()
                .BookAsync(clinic.Draft(now + TimeSpan.FromDays(3)), Arranged.Maya, Cancellation)
        );
        await using var db = app.Db();
        var form = new PreVisitForm(Id<PreVisitForm>.New(now), booked.Appointment.Id, now);
        db.PreVisitForms.Add(form);
        await db.SaveChangesAsync(Cancellation);
        return form.Token;
    }

    /// <param name="axe">Axe is a script: without scripts there is only the picture.</param>
    private static async Task CheckAsync(IPage page, string name, bool axe = true)
    {
        await PictureAsync(page, name);
        if (!axe)
        {
            return;
        }
        await page.PassesAxeAsync(name);
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name + ".png") });
        }
    }
}
