using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>The phones' page in a real browser, by somebody who is not signed in.</summary>
public sealed class HandsetPageTests
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Owner = "Emily Carter";
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_from_a_phone_is_answered_there()
    {
        await using var app = await StartAsync();
        await using var browser = await Screen.OpenAsync(app);
        var phone = browser.Phone(Owner);

        await phone.GetByLabel($"Text to the clinic from {Owner}").FillAsync("Is Bella ready?");
        await phone.GetByLabel("Send", new() { Exact = true }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("Received by the clinic");
        await app.ReplyAsync(Phone, "She is <b>ready</b>!");

        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("She is <b>ready</b>!");
        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("Delivered");
        await using var db = app.Db();
        Assert.True(await db.Messages.AnyAsync(m => m.Text == "Is Bella ready?", Cancellation));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_photo_is_sent_by_two_clicks_and_STOP_by_one()
    {
        await using var app = await StartAsync();
        await using var browser = await Screen.OpenAsync(app);
        var phone = browser.Phone(Owner);

        await phone.GetByLabel("Attach a photo or document").ClickAsync();
        await phone.GetByLabel("Attach paw.jpg").ClickAsync();
        await phone.GetByLabel("Send", new() { Exact = true }).ClickAsync();
        await Expect(phone.GetByAltText("paw.jpg")).ToBeVisibleAsync();
        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("Received by the clinic");
        await phone.GetByRole(AriaRole.Button, new() { Name = "STOP" }).ClickAsync();

        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("opted out");
    }

    [Fact]
    public async Task Phones_come_and_go_and_the_panels_move_the_world()
    {
        await using var app = await StartAsync();
        await using var browser = await Screen.OpenAsync(app);
        var page = browser.Page;

        await Expect(page.Locator("section.handset")).ToHaveCountAsync(2);
        await Expect(browser.Phone("Unknown caller")).ToBeVisibleAsync();
        await page.GetByLabel("Mobile number").FillAsync("none");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.GetByText("A phone number has no letters.")).ToBeVisibleAsync();
        await page.GetByLabel("Mobile number").FillAsync("(415) 555-0123");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator("section.handset")).ToHaveCountAsync(3);
        await page.GetByLabel($"Remove the phone of {Owner}").ClickAsync();
        await Expect(page.Locator("section.handset")).ToHaveCountAsync(2);

        await page.GetByRole(AriaRole.Button, new() { Name = "Throttle" }).ClickAsync();
        await Expect(page.GetByText("429, try again in 5 s")).ToBeVisibleAsync();
        Assert.Equal(
            429,
            Assert.Single(await app.ItemsAsync("faults")).GetProperty("status").GetInt32()
        );
        await page.GetByRole(AriaRole.Button, new() { Name = "+ 24 hours" }).ClickAsync();
        await Expect(page.GetByText("1 d 0 h ahead")).ToBeVisibleAsync();
        Assert.Equal(TimeSpan.FromHours(24), app.Clock.Ahead);
    }

    private static async Task<InboxApp> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed.");
        var app = await SimulatorClient.StartAsync();
        await using var db = app.Db();
        var now = app.Clock.GetUtcNow();
        var client = new Client(Id<Client>.New(now), "Emily", "Carter", now);
        client.AddPhone(PhoneNumber.FromStored("+" + Phone), PhoneType.Mobile);
        db.Clients.Add(client);
        await db.SaveChangesAsync(Cancellation);
        return app;
    }

    /// <summary>A browser that looks at the phones.</summary>
    private sealed class Screen : IAsyncDisposable
    {
        private readonly IPlaywright _playwright;
        private readonly IBrowser _browser;

        private Screen(IPlaywright playwright, IBrowser browser, IPage page)
        {
            _playwright = playwright;
            _browser = browser;
            Page = page;
            page.PageError += (_, error) => Errors.Add(error);
            page.Console += (_, said) =>
            {
                if (said.Type == "error")
                {
                    Errors.Add(said.Text);
                }
            };
        }

        public IPage Page { get; }

        public List<string> Errors { get; } = [];

        public static async Task<Screen> OpenAsync(InboxApp app)
        {
            var playwright = await Playwright.CreateAsync();
            var browser = await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = Chromium,
                    Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
                }
            );
            SetDefaultExpectTimeout(60_000);
            var page = await browser.NewPageAsync(
                new()
                {
                    ViewportSize = new() { Width = 1440, Height = 900 },
                }
            );
            page.SetDefaultTimeout(60_000);
            var screen = new Screen(playwright, browser, page);
            await page.GotoAsync(new Uri(app.Address, "simulator").ToString());
            // Prerendered phones can't be typed on.
            await Expect(page.Locator(".handset-composer input").First).ToBeEnabledAsync();
            return screen;
        }

        public ILocator Phone(string owner) =>
            Page.GetByRole(AriaRole.Region, new() { Name = $"Phone of {owner}", Exact = true });

        public async ValueTask DisposeAsync()
        {
            await _browser.DisposeAsync();
            _playwright.Dispose();
        }
    }
}
