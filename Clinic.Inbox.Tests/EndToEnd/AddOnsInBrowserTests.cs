using System.Globalization;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>
/// Add-ons, statements and the settings' first page in a real browser, with the simulator's numbers and the demo clock. With
/// INBOX_PICTURES set, each page is kept there as a picture.
/// </summary>
public sealed class AddOnsInBrowserTests(BrowserFixture browsers)
{
    private const string Phone = "14155550134";
    private const string TwoWay = "SMS Messaging (Two-Way)";
    private const string OneWay = "SMS Messaging (One-Way)";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_green_plus_leads_to_a_number_that_stands_in_the_description()
    {
        await using var app = await WithoutLineAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        // Without a number the inbox says where one comes from.
        await page.GoLiveAsync(Paths.Inbox);
        await Expect(page.GetByText("There is no number yet")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Open Add-ons" }).ClickAsync();
        await Button(page, $"Enable {TwoWay}").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("$99.00 a month");
        await Expect(dialog.GetByLabel("A new virtual number")).ToBeCheckedAsync();
        await CheckAsync(page, "add-ons-terms");
        await Button(dialog, "Choose a number").ClickAsync();
        await dialog.GetByLabel("Area code").FillAsync("99x");
        await Button(dialog, "Search").ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("three digits");
        await dialog.GetByLabel("Area code").FillAsync("773");
        await Button(dialog, "Search").ClickAsync();
        await dialog.GetByLabel("(773) 555-0121").CheckAsync();
        await Expect(dialog).ToContainTextAsync("€0.90 a month");
        await CheckAsync(page, "add-ons-numbers");
        await Button(dialog, "Continue").ClickAsync();
        await Expect(dialog).ToContainTextAsync("You rent (773) 555-0121 from now on");
        await CheckAsync(page, "add-ons-cost");
        await Button(dialog, "Rent the number and enable").ClickAsync();

        var card = Card(page, TwoWay);
        await Expect(card).ToContainTextAsync("Your number is (773) 555-0121");
        await Expect(card.Locator(".chip-ok")).ToHaveTextAsync("On");
        await Expect(Button(page, $"Enable {TwoWay}")).ToHaveCountAsync(0);
        // And it works: a client texts it.
        await page.GoLiveAsync(Paths.Inbox);
        await app.TextTheClinicAsync(Phone, "Is Bella ready?");
        await Expect(page.Locator("[data-row]").First).ToContainTextAsync("Is Bella ready?");
    }

    [Fact]
    public async Task A_number_that_somebody_else_took_is_refused_in_the_dialog()
    {
        await using var app = await WithoutLineAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync(Paths.AddOns);
        using var fault = await app.PostAsync("faults", new { api = "numbers", status = 420 });

        await Button(page, $"Enable {OneWay}").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(dialog, "Choose a number").ClickAsync();
        await dialog.Locator(".number-offer").First.ClickAsync();
        await Button(dialog, "Continue").ClickAsync();
        await Button(dialog, "Rent the number and enable").ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("may be taken already");

        await dialog.Locator(".number-offer").First.ClickAsync();
        await Button(dialog, "Continue").ClickAsync();
        await Button(dialog, "Rent the number and enable").ClickAsync();
        await Expect(Card(page, OneWay)).ToContainTextAsync("Your number is");
    }

    [Fact]
    public async Task A_number_that_is_rented_and_not_linked_stands_there_until_it_is_finished()
    {
        await using var app = await WithoutLineAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync(Paths.AddOns);
        using var slow = await app.PostAsync("faults", new { api = "numbers", delayMs = 1 });
        using var unlinked = await app.PostAsync("faults", new { api = "numbers", status = 500 });

        await Button(page, $"Enable {TwoWay}").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(dialog, "Choose a number").ClickAsync();
        await dialog.Locator(".number-offer").First.ClickAsync();
        await Button(dialog, "Continue").ClickAsync();
        await Button(dialog, "Rent the number and enable").ClickAsync();
        await Expect(page.GetByText("rented, not yet in use")).ToBeVisibleAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await CheckAsync(page, "add-ons-unfinished");

        await page.GetByRole(AriaRole.Button, new() { Name = "Finish" }).ClickAsync();

        await Expect(Card(page, TwoWay)).ToContainTextAsync("Your number is");
        await Expect(page.GetByText("rented, not yet in use")).ToHaveCountAsync(0);
        Assert.Equal(1, app.Get<NumberPool>().Purchases);
    }

    [Fact]
    public async Task Switching_and_disabling_say_what_happens_and_a_one_way_line_answers_once()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        await app.TextTheClinicAsync(Phone, "Is Bella ready?");
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync(Paths.AddOns);

        await Button(page, $"Enable {OneWay}").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("1 open conversation is kept");
        await Expect(dialog).ToContainTextAsync("each message costs $0.05");
        await CheckAsync(page, "add-ons-switch");
        await Button(dialog, "Switch to one-way").ClickAsync();
        await Expect(Card(page, OneWay)).ToContainTextAsync("Your number is (312) 555-0100");
        await Expect(Card(page, TwoWay).Locator(".chip-ok")).ToHaveCountAsync(0);

        await app.TextTheClinicAsync("14155550177", "Hello?");
        await app.TextTheClinicAsync("14155550177", "Anybody?");
        await Eventually.IsTrueAsync(
            async () => (await AnswersAsync(app)).Count > 0,
            "the handset shows the answer"
        );
        await page.GoLiveAsync(Paths.Inbox);
        await Expect(page.GetByText("Two-way texting is off")).ToBeVisibleAsync();
        await Expect(page.Locator(".inbox-light.flashing")).ToHaveCountAsync(0);
        await CheckAsync(page, "inbox-closed");
        Assert.Contains("not read", Assert.Single(await AnswersAsync(app)));

        await page.GoLiveAsync(Paths.AddOns);
        await Button(page, $"Disable {OneWay}").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nothing is sent any more");
        await Expect(dialog).ToContainTextAsync("Reminders are held");
        await Button(dialog, "Disable").ClickAsync();
        await Expect(page.GetByText("Numbers that are off")).ToBeVisibleAsync();
        await Expect(page.Locator(".add-on .chip-ok")).ToHaveCountAsync(0);

        // The number is there to be chosen again.
        await Button(page, $"Enable {TwoWay}").ClickAsync();
        await Expect(dialog.GetByLabel("(312) 555-0100")).ToBeCheckedAsync();
        await Button(dialog, "Enable").ClickAsync();
        await Expect(Card(page, TwoWay)).ToContainTextAsync("Your number is (312) 555-0100");
        await page.GoLiveAsync(Paths.Inbox);
        await Expect(page.Locator("[data-row]").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_month_closes_with_the_demo_clock_and_its_paper_opens()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var priya = await app.UserAsync(Roles.PracticeManager);
        await app.TextTheClinicAsync(Phone, "Is Bella ready?");
        await app.ReplyAsync(Phone, "She is. See you soon!");
        var month = (await app.Get<Statements>().ReportAsync(null, Cancellation)).Month;
        using var clock = await app.PostAsync("clock", new { advance = "P32D" });
        clock.EnsureSuccessStatusCode();
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.Statements.AnyAsync(s => s.Month == month, Cancellation);
            },
            "the month closes by itself"
        );
        var page = await browsers.PageAsync(app, priya);
        await page.GoLiveAsync(Paths.Usage);

        await page.Locator(".statement-row").Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToContainTextAsync("Statement");
        await Expect(page.Locator(".usage-table tfoot")).ToContainTextAsync("$99.00");
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "PDF" }).ClickAsync()
        );

        Assert.Equal($"statement-{month}.pdf", download.SuggestedFilename);
        await using var file = await download.CreateReadStreamAsync();
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Cancellation);
        var paper = System.Text.Encoding.Latin1.GetString(bytes.ToArray());
        Assert.StartsWith("%PDF-", paper);
        Assert.Matches("/Count [1-9]", paper);
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_reads_well_and_nothing_is_cut_off(
        int width,
        int height,
        ColorScheme colors
    )
    {
        await using var app = await SimulatorClient.StartAsync();
        using var alex = await app.UserAsync(Roles.Administrator);
        await app.TextTheClinicAsync(Phone, "Is Bella ready?");
        await app.ReplyAsync(Phone, "She is. See you soon!");
        var month = (await app.Get<Statements>().ReportAsync(null, Cancellation)).Month;
        app.Clock.Advance(TimeSpan.FromDays(32));
        await app.Get<Statements>().CloseDueAsync(Cancellation);
        await app.TextTheClinicAsync(Phone, "Thanks!");
        var page = await browsers.PageAsync(
            app,
            alex,
            options =>
            {
                options.ViewportSize = new ViewportSize { Width = width, Height = height };
                options.ColorScheme = colors;
            }
        );
        foreach (
            var (path, shows) in new[]
            {
                (Paths.Settings, ".standing"),
                (Paths.AddOns, ".add-on-number"),
                (Paths.Usage, ".usage-table"),
                ($"{Paths.Statements}/{month}", ".usage-table"),
                ($"{Paths.Statements}/2001-01", ".empty-state"),
            }
        )
        {
            await page.GoLiveAsync(path);
            await Expect(page.Locator(shows).First).ToBeVisibleAsync();
            await CheckAsync(
                page,
                $"{path.Trim('/').Replace('/', '-')}-{width.ToString(CultureInfo.InvariantCulture)}-{colors}"
            );
            var cut = await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('main, main *')]
                  .filter((e) => e.checkVisibility() && !e.matches('.sr-only, .sr-only *, thead, thead *, svg *')
                    && (e.getBoundingClientRect().right > innerWidth + 1 || (e.matches('.card-flush, .page') && e.scrollWidth > e.clientWidth + 1)))
                  .map((e) => e.outerHTML.slice(0, 120))
                """
            );
            Assert.True(cut.Length == 0, $"{path}: {string.Join(" | ", cut)}");
        }
    }

    /// <summary>A clinic that has no number yet.</summary>
    private static async Task<InboxApp> WithoutLineAsync()
    {
        var app = await SimulatorClient.StartAsync();
        await using var db = app.Db();
        await db.Lines.ExecuteUpdateAsync(
            l =>
                l.SetProperty(x => x.ReleasedAt, app.Clock.GetUtcNow())
                    .SetProperty(x => x.AddOn, AddOn.Off),
            Cancellation
        );
        return app;
    }

    private static async Task<IReadOnlyList<string>> AnswersAsync(InboxApp app) =>
        [
            .. (await app.ItemsAsync("handsets/14155550177/messages"))
                .Where(m => m.Text("to") == "14155550177")
                .Select(m => m.Text("text")),
        ];

    private static ILocator Card(IPage page, string name) =>
        page.GetByRole(AriaRole.Region, new() { Name = name });

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) =>
        within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

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
