using System.Text.Json;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>Consent from the public form to the evidence, in a real browser. With INBOX_PICTURES set, each page is kept there as a picture.</summary>
public sealed class ConsentInBrowserTests(BrowserFixture browsers)
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_public_form_to_consent_on_record_and_from_stop_to_the_evidence()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        var visitor = await browsers.PageAsync(
            app,
            adjust: options =>
            {
                options.ViewportSize = new ViewportSize { Width = 390, Height = 844 };
                options.JavaScriptEnabled = false;
            }
        );
        await visitor.GotoAsync(Paths.OptIn);
        await visitor.GetByLabel("Your name").FillAsync("Ana Cole");
        await visitor.GetByLabel("Mobile number").FillAsync("(415) 555-0134");
        await visitor.GetByLabel("Yes, text me reminders").CheckAsync();
        await visitor.GetByLabel("Yes, text me offers").CheckAsync();
        await visitor
            .GetByRole(AriaRole.Button, new() { Name = "Text me to confirm" })
            .ClickAsync();
        await Expect(visitor.GetByRole(AriaRole.Heading, new() { Name = "One more step" }))
            .ToBeVisibleAsync();
        await OnTheHandsetAsync(app, "Reply YES");

        await app.TextTheClinicAsync(Phone, "YES");

        await OnTheHandsetAsync(app, "Thank you");
        var client = await ClientAsync(app);
        var page = await browsers.PageAsync(app, manager);
        await page.GoLiveAsync(ClientPaths.Profile(client, "consent"));
        await Expect(page.Locator(".consent-state .chip-ok")).ToHaveCountAsync(2);
        await Expect(page.Locator(".history")).ToContainTextAsync("online form, taken by Ana Cole");

        // A text waits when STOP comes.
        var waiting = await QueueAsync(app);
        await app.TextTheClinicAsync(Phone, "STOP");

        await Expect(page.Locator(".consent-state .chip-ok")).ToHaveCountAsync(0);
        await Expect(page.Locator(".notice-red").First).ToContainTextAsync("opted out");
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "Evidence (JSON)" }).ClickAsync()
        );
        await using var file = await download.CreateReadStreamAsync();
        using var evidence = await JsonDocument.ParseAsync(file, default, Cancellation);
        var optOut = Assert.Single(evidence.RootElement.GetProperty("optOuts").EnumerateArray());
        Assert.Equal("STOP", optOut.GetProperty("words").GetString());
        Assert.Equal(
            ["granted", "granted", "withdrawn", "withdrawn"],
            evidence
                .RootElement.GetProperty("consents")
                .EnumerateArray()
                .Select(c => c.GetProperty("action").GetString())
        );
        Assert.Equal(
            "failed",
            evidence
                .RootElement.GetProperty("texts")
                .EnumerateArray()
                .Single(t => t.GetProperty("id").GetString() == waiting.ToString())
                .GetProperty("state")
                .GetString()
        );
        Assert.DoesNotContain(
            await app.ItemsAsync($"handsets/{Phone}/messages"),
            text => text.Text("text").StartsWith("Bella is due", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Every_field_that_sends_says_under_which_consent()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        await app.AddClientAsync("Ana", "Cole", "+" + Phone);
        await app.TextAsync("Is Bella ready?");
        var page = await browsers.PageAsync(app, manager);

        await page.GoLiveAsync(Paths.Inbox);
        await page.Locator(".list-row").First.ClickAsync();
        await Expect(page.Locator(".composer .consent-basis"))
            .ToContainTextAsync("Under consent of");

        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "New conversation" })
            .First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("415 555 0199");
        await Expect(dialog.Locator(".consent-refused")).ToContainTextAsync("no consent on record");
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("Ana");
        await Expect(dialog.Locator(".consent-basis")).ToContainTextAsync("Under consent of");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        var client = await ClientAsync(app);
        await page.GoLiveAsync(ClientPaths.Profile(client, "reminders"));
        await Expect(page.Locator(".consent-basis")).ToContainTextAsync("Under consent of");
    }

    [Fact]
    public async Task Staff_ask_by_text_and_the_yes_shows_in_the_panel()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var dana = await app.UserAsync();
        await using (var db = app.Db())
        {
            var now = app.Clock.GetUtcNow();
            var client = new Client(Id<Client>.New(now), "Ana", "Cole", now);
            client.AddPhone(PhoneNumber.FromStored("+" + Phone), PhoneType.Mobile);
            db.Clients.Add(client);
            await db.SaveChangesAsync(Cancellation);
        }
        await app.TextTheClinicAsync(Phone, "Can you remind me next year?");
        var page = await browsers.PageAsync(app, dana);
        await page.GoLiveAsync(Paths.Inbox);
        await page.Locator(".list-row").First.ClickAsync();
        await Expect(page.Locator(".composer .consent-basis"))
            .ToContainTextAsync("The client texted first");

        await page.GetByRole(AriaRole.Button, new() { Name = "Ask by text" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Reply YES to agree.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send the question" }).ClickAsync();
        await OnTheHandsetAsync(app, "Reply YES to agree.");
        await app.TextTheClinicAsync(Phone, "yes");

        await Expect(page.Locator(".client-panel")).ToContainTextAsync("by text");
        await Expect(page.Locator(".composer .consent-basis")).ToContainTextAsync("(by text)");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Ask by text" }))
            .ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Old_consents_are_worked_through()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        await OldConsentsAsync(app, "Ana", "Ben", "Cleo");
        var page = await browsers.PageAsync(app, manager);
        await page.GoLiveAsync(Paths.ConsentReview);
        await Expect(page.Locator(".review-row")).ToHaveCountAsync(3);

        await page.GetByRole(AriaRole.Button, new() { Name = "Still consents: Ana" }).ClickAsync();
        await Expect(page.Locator(".review-row")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdrawn: Ben" }).ClickAsync();
        await Expect(page.Locator(".review-row")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask later: Cleo" }).ClickAsync();

        await Expect(page.GetByText("Nothing is due")).ToBeVisibleAsync();
        await using var db = app.Db();
        Assert.Equal(5, await db.ConsentRecords.CountAsync(Cancellation));
        Assert.Equal(1, await db.ReviewDelays.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_manager_words_the_terms_and_copies_the_forms_address()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(app, manager);
        await page.GoLiveAsync(Paths.ConsentSettings);
        await Expect(page.Locator(".link-text")).ToContainTextAsync("/opt-in");

        var words = page.GetByLabel("Words for reminders and updates");
        await words.FillAsync("Shall we text you?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToContainTextAsync("STOP");
        await words.FillAsync("Shall we text you? Reply STOP to stop.");
        await page.GetByLabel("Ask for a second opt-in in the first text").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved")).ToBeVisibleAsync();

        var visitor = await browsers.PageAsync(app);
        await visitor.GotoAsync(Paths.OptIn);
        await Expect(visitor.Locator("#terms-Transactional"))
            .ToContainTextAsync("Shall we text you? Reply STOP to stop.");
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_reads_well_for_everybody(int width, int height, ColorScheme colors)
    {
        await using var app = await SimulatorClient.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        await OldConsentsAsync(app, "Ana", "Anastasia Wilhelmina-Konstantinopolis");
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

        await page.GotoAsync(Paths.OptIn);
        await CheckAsync(page, $"opt-in-{name}");
        await page.GetByLabel("Your name").FillAsync("Ana Cole");
        await page.GetByLabel("Mobile number").FillAsync("12");
        await page.GetByRole(AriaRole.Button, new() { Name = "Text me to confirm" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await CheckAsync(page, $"opt-in-wrong-{name}");
        await page.GotoAsync(Paths.OptIn + "?sent=true");
        await CheckAsync(page, $"opt-in-sent-{name}");

        await page.GoLiveAsync(Paths.ConsentSettings);
        await Expect(page.GetByText("2 consents are due")).ToBeVisibleAsync();
        await CheckAsync(page, $"consent-settings-{name}");
        await page.GoLiveAsync(Paths.ConsentReview);
        await Expect(page.Locator(".review-row").First).ToBeVisibleAsync();
        await CheckAsync(page, $"consent-review-{name}");
        await page.GoLiveAsync(ClientPaths.Profile(await ClientAsync(app), "consent"));
        await Expect(page.Locator(".history")).ToBeVisibleAsync();
        await CheckAsync(page, $"profile-consent-{name}");
    }

    private static Task OnTheHandsetAsync(InboxApp app, string says) =>
        Eventually.IsTrueAsync(
            async () =>
                (await app.ItemsAsync($"handsets/{Phone}/messages")).Any(text =>
                    text.Text("text").Contains(says, StringComparison.Ordinal)
                ),
            $"the handset shows “{says}”"
        );

    private static async Task<Id<Client>> ClientAsync(InboxApp app)
    {
        await using var db = app.Db();
        return await db
            .Clients.OrderBy(c => c.CreatedAt)
            .Select(c => c.Id)
            .FirstAsync(Cancellation);
    }

    /// <summary>A reminder that waits on the paused line.</summary>
    private static async Task<Id<Message>> QueueAsync(InboxApp app) =>
        await app.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    var line = await session.Db.Lines.FirstAsync(Cancellation);
                    line.Pause("Test");
                    var draft = new Draft(
                        line,
                        PhoneNumber.FromStored("+" + Phone),
                        MessageKind.Reminder,
                        Purpose.Transactional,
                        "Bella is due."
                    );
                    return Assert
                        .IsType<EnqueueResult.Queued>(
                            await Outbox.EnqueueAsync(session, draft, Cancellation)
                        )
                        .Message.Id;
                },
                Cancellation
            );

    private static async Task OldConsentsAsync(InboxApp app, params string[] names)
    {
        await using var db = app.Db();
        var now = app.Clock.GetUtcNow();
        for (var i = 0; i < names.Length; i++)
        {
            var at = now.AddMonths(-40 + i);
            var client = new Client(Id<Client>.New(now), names[i], "", at);
            client.AddPhone(PhoneNumber.FromStored($"+1415555012{i}"), PhoneType.Mobile);
            db.Clients.Add(client);
            db.ConsentRecords.Add(
                new ConsentRecord(
                    Id<ConsentRecord>.New(now),
                    client.Id,
                    ConsentCategory.Transactional,
                    ConsentAction.Granted,
                    ConsentMethod.InPerson,
                    "May we text you?",
                    at,
                    "Rosa Diaz",
                    at
                )
            );
        }
        await db.SaveChangesAsync(Cancellation);
    }

    private static async Task CheckAsync(IPage page, string picture)
    {
        if (Environment.GetEnvironmentVariable("INBOX_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, picture + ".png"), FullPage = true }
            );
        }
        Assert.True(
            await page.EvaluateAsync<bool>(
                "() => document.documentElement.scrollWidth <= innerWidth"
            ),
            $"{picture} overflows"
        );
        await page.PassesAxeAsync(picture);
    }
}
