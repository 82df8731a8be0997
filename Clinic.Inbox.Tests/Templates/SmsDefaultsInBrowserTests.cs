using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Templates;

/// <summary>The SMS defaults in a real browser.</summary>
public sealed class SmsDefaultsInBrowserTests(BrowserFixture browsers)
{
    private const TemplateKind Reminder = TemplateKind.AppointmentReminder;

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INBOX_PICTURES");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_manager_writes_a_text_sees_it_is_shown_a_mistake_saves_and_restores()
    {
        await using var app = await InboxApp.StartAsync();
        await VisitAsync(app);
        await SaveAsync(app, "", "First {{ patient.name }}");
        using var priya = await app.UserAsync(Roles.PracticeManager, "Priya Shah");
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync("settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "View SMS Defaults" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit Appointment Reminder" })
            .ClickAsync();
        var (field, bubble) = (page.Locator("#sms-text"), page.Locator("[data-preview]"));
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });

        await Expect(page.Locator(".sms-editor[data-attached]")).ToBeVisibleAsync();
        // Variables go where the caret is, by a click or dragged.
        await field.FillAsync("Hi , see you at ");
        await field.EvaluateAsync("field => field.setSelectionRange(3, 3)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Insert client.first_name" })
            .ClickAsync();
        await Expect(field).ToHaveValueAsync("Hi {{ client.first_name }}, see you at ");
        await Expect(bubble).ToHaveTextAsync("Hi Ana, see you at");
        await field.EvaluateAsync("field => field.setSelectionRange(99, 99)");
        await page.Locator("[data-insert='{{ clinic.name }}']").DragToAsync(field);
        await Expect(bubble).ToHaveTextAsync("Hi Ana, see you at Test Vets");

        // A real client.
        await page.GetByRole(AriaRole.Button, new() { Name = "A client…" }).ClickAsync();
        await page.Locator(".mud-dialog [role=combobox]").FillAsync("ruiz");
        await page.Locator(".mud-dialog [role=option]").ClickAsync();
        await Expect(page.Locator(".sms-preview .segmented")).ToContainTextAsync("Ana Ruiz");

        // A mistake is shown at its place.
        await field.FillAsync("Hi {{ client.first_name }},\n{{ patient.nam }} is awaited.");
        var problem = page.Locator(".sms-problem");
        await Expect(problem).ToContainTextAsync("Line 2, column 4");
        await Expect(save).ToBeDisabledAsync();
        await problem.ClickAsync();
        await page.WaitForFunctionAsync(
            "() => { const f = document.activeElement; return f.value?.slice(f.selectionStart, f.selectionEnd) === 'patient.nam'; }"
        );
        await page.Keyboard.TypeAsync("patient.name");
        await Expect(problem).ToHaveCountAsync(0);
        await Expect(bubble).ToHaveTextAsync("Hi Ana,\nBiscuit is awaited.");

        // Leaving asks.
        await page.Locator(".page-back").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(field)
            .ToHaveValueAsync("Hi {{ client.first_name }},\n{{ patient.name }} is awaited.");

        await save.ClickAsync();
        await Expect(page.Locator(".sms-history li")).ToHaveCountAsync(2);
        Assert.Equal(
            "Hi {{ client.first_name }},\n{{ patient.name }} is awaited.",
            await InForceAsync(app)
        );

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true })
            .ClickAsync();
        await Expect(field).ToHaveValueAsync("First {{ patient.name }}");
        await Expect(page.Locator(".sms-history li")).ToHaveCountAsync(3);
        Assert.Equal("First {{ patient.name }}", await InForceAsync(app));
        await page.Locator(".page-back").ClickAsync();
        await Expect(page.Locator(".sms-default").Nth(1))
            .ToContainTextAsync("Changed by Priya Shah");
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Both_pages_can_be_used_by_everybody(int width, int height, ColorScheme colors)
    {
        await using var app = await InboxApp.StartAsync();
        var type = (await VisitAsync(app)).Type.Id.ToString();
        await SaveAsync(app, "", "Hi {{ client.first_name }}, see you soon.");
        await SaveAsync(app, type, "Hi {{ client.first_name }}, bring a sample. 🐾");
        using var priya = await app.UserAsync(Roles.PracticeManager, "Priya Shah");
        var page = await browsers.PageAsync(
            app,
            priya,
            options =>
            {
                options.ViewportSize = new() { Width = width, Height = height };
                options.ColorScheme = colors;
            }
        );

        // The first page of a browser does not know its colours yet.
        await page.GoLiveAsync("settings");
        await page.GoLiveAsync("settings/sms-defaults");
        await Expect(page.Locator("html"))
            .ToHaveAttributeAsync("data-theme", colors == ColorScheme.Dark ? "dark" : "light");
        await CheckAsync(page, "list", width, colors);
        await page.GoLiveAsync($"settings/sms-defaults/appointmentReminder?type={type}");
        await CheckAsync(page, "type", width, colors);
        await page.GoLiveAsync("settings/sms-defaults/appointmentReminder");
        await CheckAsync(page, "editor", width, colors);
        await page.Locator("#sms-text").FillAsync("Hi {{ client.nickname }},\nsee {{ you");
        await Expect(page.Locator(".sms-problem").First).ToBeVisibleAsync();
        await CheckAsync(page, "mistake", width, colors);
    }

    [Fact]
    public async Task The_front_desk_does_not_come_in()
    {
        await using var app = await InboxApp.StartAsync();
        using var maya = await app.UserAsync(Roles.FrontDesk);
        foreach (var path in new[] { "", "/helpReply" })
        {
            using var answer = await maya.Http.GetAsync(
                "settings/sms-defaults" + path,
                Cancellation
            );

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.DoesNotContain(
                "sms-editor",
                await answer.Content.ReadAsStringAsync(Cancellation),
                StringComparison.Ordinal
            );
        }
    }

    private static async Task CheckAsync(IPage page, string what, int width, ColorScheme colors)
    {
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(Pictures, $"sms-{what}-{width}-{colors}.png") }
            );
        }
        await page.PassesAxeAsync($"{what} {width} {colors}");
        Assert.True(
            await page.EvaluateAsync<bool>(
                "() => document.documentElement.scrollWidth <= innerWidth"
            ),
            $"{what} is wider than the screen"
        );
    }

    private static async Task<Arranged> VisitAsync(InboxApp app)
    {
        var arranged = await Arranged.InAsync(app);
        await app.Get<AppointmentBook>()
            .BookAsync(
                arranged.Draft(app.Clock.GetUtcNow().AddDays(3)),
                Arranged.Maya,
                Cancellation
            );
        return arranged;
    }

    private static async Task SaveAsync(InboxApp app, string scope, string text) =>
        Assert.IsType<TemplateResult.Saved>(
            await app.Get<TemplateBook>()
                .SaveAsync(Reminder, scope, text, null, Arranged.Maya, Cancellation)
        );

    private static async Task<string> InForceAsync(InboxApp app)
    {
        await using var db = app.Db();
        return (await TemplateBook.CurrentAsync(db, Reminder, "", Cancellation)).Source;
    }
}
