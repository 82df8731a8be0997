using Clinic.Inbox.Clients;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.Playwright;
using NodaTime;
using static Clinic.Inbox.Tests.Reminders.CareFixture;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>Reminders as people see them, in a real browser. With INBOX_PICTURES set, each page is kept there as a picture.</summary>
public sealed class RemindersInBrowserTests(BrowserFixture browsers) : IAsyncLifetime
{
    private readonly CareFixture _clinic = new();

    public ValueTask InitializeAsync() => _clinic.InitializeAsync();

    public ValueTask DisposeAsync() => _clinic.DisposeAsync();

    [Fact]
    public async Task A_vaccine_due_in_two_weeks_goes_to_the_handset_and_is_resent_from_the_profile()
    {
        var app = _clinic.App;
        using var manager = await app.UserAsync(Roles.PracticeManager);
        var (client, patient) = await _clinic.OwnerAsync();
        var page = await browsers.PageAsync(app, manager);

        await page.GoLiveAsync(ReminderPaths.NewItem);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true })
            .FillAsync("Rabies vaccine");
        await page.GetByLabel("Text clients when it is due").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save item" }).ClickAsync();
        await Expect(page.Locator(".inventory-row"))
            .ToContainTextAsync("Every 365 days; texts 14 and 3 days before, 7 days after");

        await page.GoLiveAsync(ClientPaths.Profile(client.Id, "reminders"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Add reminder" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var due = (await _clinic.TodayAsync()).AddDays(15);
        await dialog
            .GetByLabel("Due on")
            .FillAsync(
                due.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)
            );
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add reminder" }).ClickAsync();
        await Expect(Chips(page)).ToHaveTextAsync(["Planned", "Planned", "Planned"]);

        // Eleven o'clock of the day two weeks before: the text of ten o'clock is due.
        await AdvanceAsync(TimeSpan.FromHours(24));
        await Expect(Chips(page)).ToHaveTextAsync(["Planned", "Planned", "Delivered"]);
        Assert.Single(await OnTheHandsetAsync(client));

        await MenuOf(page.Locator(".reminder-item").Last).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Resend" }).ClickAsync();

        await Expect(Chips(page)).ToHaveTextAsync(["Planned", "Planned", "Delivered", "Delivered"]);
        var texts = await OnTheHandsetAsync(client);
        Assert.Equal(2, texts.Count);
        Assert.All(
            texts,
            text =>
            {
                Assert.Contains(patient.Name, text, StringComparison.Ordinal);
                Assert.Contains("Rabies vaccine", text, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_reads_well_for_everybody(int width, int height, ColorScheme colors)
    {
        var app = _clinic.App;
        using var manager = await app.UserAsync(Roles.PracticeManager);
        var (client, item) = await ArrangeAsync();
        var page = await browsers.PageAsync(
            app,
            manager,
            options =>
            {
                options.ViewportSize = new ViewportSize { Width = width, Height = height };
                options.ColorScheme = colors;
            }
        );
        var name = $"{width}-{colors}";

        await LookAsync(page, Paths.Reminders, ".reminder-line", $"reminders-today-{name}");
        await LookAsync(
            page,
            ReminderPaths.Of(ReminderTab.Attention),
            ".reminder-line",
            $"reminders-attention-{name}"
        );
        await LookAsync(
            page,
            ClientPaths.Profile(client.Id, "reminders"),
            ".reminder-item",
            $"profile-reminders-{name}"
        );
        await MenuOf(page.Locator(".reminder-item").First).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Menuitem).First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add reminder" }).ClickAsync();
        await Expect(page.GetByLabel("Due on")).ToBeVisibleAsync();
        await CheckAsync(page, $"profile-add-{name}");
        await LookAsync(page, ReminderPaths.Items, ".inventory-row", $"items-{name}");
        await LookAsync(page, ReminderPaths.Item(item.Id), ".client-form", $"item-{name}");
    }

    private async Task<(Client, InventoryItem)> ArrangeAsync()
    {
        var (client, patient) = await _clinic.OwnerAsync();
        var today = await _clinic.TodayAsync();
        var rabies = await _clinic.ItemAsync("Rabies vaccine", Every(365, [14, 3], 7));
        var trim = await _clinic.ItemAsync("Nail trim");
        await _clinic.GiveAsync(patient, rabies, today.AddDays(-355));
        await _clinic.DueAsync(patient, trim, today.AddDays(-4));
        var sent = await _clinic.RemindNowAsync(client, patient);
        await _clinic.UntilAsync(sent, ReminderStanding.Delivered);
        var (stranger, pet) = await _clinic.OwnerAsync("Max", consents: false);
        var skipped = await _clinic.RemindNowAsync(stranger, pet);
        await _clinic.UntilAsync(skipped, ReminderStanding.Skipped);
        var (other, cat) = await _clinic.OwnerAsync("Tiger");
        await new Texts(_clinic.App).SentAsync(
            Planned(other, cat, _clinic.App.Clock.GetUtcNow().AddMinutes(-40)),
            other,
            m => m.MarkFailed("1180", "The number can't receive texts.")
        );
        await new Texts(_clinic.App).SentAsync(
            Planned(other, cat, _clinic.App.Clock.GetUtcNow().AddMinutes(-50)),
            other,
            m =>
            {
                m.MarkSending(_clinic.App.Clock.GetUtcNow());
                m.MarkUnconfirmed(
                    "The carrier gave no clear answer. It may or may not have arrived."
                );
            }
        );
        return (client, trim);
    }

    /// <summary>Its script says whether it is open: before it runs, a click opens nothing.</summary>
    private static ILocator MenuOf(ILocator reminder) =>
        reminder.Locator("[data-menu-button][aria-expanded]");

    private static ILocator Chips(IPage page) => page.Locator(".reminder-item .chip");

    private async Task AdvanceAsync(TimeSpan by)
    {
        using var answer = await _clinic.App.PostAsync(
            "clock",
            new { advance = System.Xml.XmlConvert.ToString(by) }
        );
        answer.EnsureSuccessStatusCode();
    }

    private async Task<IReadOnlyList<string>> OnTheHandsetAsync(Client client) =>
        [
            .. (
                await _clinic.App.ItemsAsync($"handsets/{client.Mobile!.Value.Digits}/messages")
            ).Select(m => m.Text("text")),
        ];

    private static async Task LookAsync(IPage page, string path, string shows, string picture)
    {
        await page.GoLiveAsync(path);
        await Expect(page.Locator(shows).First).ToBeVisibleAsync();
        await CheckAsync(page, picture);
    }

    private static async Task CheckAsync(IPage page, string picture)
    {
        if (Environment.GetEnvironmentVariable("INBOX_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, picture + ".png"), FullPage = true }
            );
        }
        await page.PassesAxeAsync(picture);
    }
}
