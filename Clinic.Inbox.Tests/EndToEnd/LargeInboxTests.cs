using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Demo;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>A clinic of 5,000 open conversations, one of them with 5,000 texts.</summary>
public sealed class LargeInboxTests(BrowserFixture browsers, LargeInboxTests.Clinic clinic)
    : IClassFixture<LargeInboxTests.Clinic>
{
    private const int Conversations = 5_000;
    private const int LongThread = 5_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_scrolls_to_its_end_without_holes_while_texts_come_in()
    {
        var app = await clinic.AppAsync();
        using var dana = await app.UserAsync(name: "Dana Reed");
        var page = await browsers.PageAsync(app, dana);
        await page.GotoAsync("schedule/inbox");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();

        await ScrollToEndAsync(page, rows => rows > 1_000);
        // It moves to the top from a page that was not loaded yet.
        await app.TextAsync("I am back again", from: "16280000004");
        await Expect(page.Locator("[data-row]").First).ToContainTextAsync("I am back again");
        await ScrollToEndAsync(page, _ => false);

        var shown = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('[data-row]')].map(row => row.getAttribute('href'))"
        );
        Assert.Equal(Conversations, shown.Length);
        Assert.Equal(Conversations, shown.Distinct(StringComparer.Ordinal).Count());
        // Keys go on from where one stands.
        await page.Locator("[data-row]").Last.FocusAsync();
        await page.Keyboard.PressAsync("k");
        Assert.Equal(
            shown[^2],
            await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('href')")
        );
    }

    [Fact]
    public async Task A_thread_of_5000_texts_opens_at_its_end_and_pages_back_to_its_first()
    {
        var app = await clinic.AppAsync();
        using var dana = await app.UserAsync(name: "Dana Reed");
        var page = await browsers.PageAsync(app, dana);
        await page.GotoAsync($"schedule/inbox/{clinic.LongOne}");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        var texts = page.Locator("[data-message]");
        await Expect(texts.Last).ToBeInViewportAsync();
        Assert.InRange(await texts.CountAsync(), 50, 500);

        while (await page.Locator("[data-older]").CountAsync() > 0)
        {
            await page.EvaluateAsync(
                "() => { const texts = document.querySelector('[data-scroll]'); texts.scrollTop = -texts.scrollHeight; }"
            );
            await Task.Delay(20, Cancellation);
        }

        Assert.Equal(
            LongThread,
            await page.EvaluateAsync<int>(
                "() => new Set([...document.querySelectorAll('[data-message]')].map(text => text.dataset.message)).size"
            )
        );
    }

    [Fact]
    public async Task A_search_marks_what_it_finds_and_opens_it_there()
    {
        var app = await clinic.AppAsync();
        using var dana = await app.UserAsync(name: "Dana Reed");
        await app.TextAsync("Fifi swallowed <b>a thimble</b>", from: "16280000009");
        for (var i = 0; i < 70; i++)
        {
            await app.TextAsync($"And more {i}", from: "16280000009");
        }
        var page = await browsers.PageAsync(app, dana);
        await page.GotoAsync("schedule/inbox");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();

        await page.GetByLabel("Search conversations").FillAsync("thim fifi");

        var row = page.Locator("[data-row]");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row.Locator(".conv-preview")).ToContainTextAsync("<b>a thimble</b>");
        await Expect(row.Locator(".conv-preview mark").Last).ToHaveTextAsync("thimble");
        await page.PassesAxeAsync("what was found");

        await row.ClickAsync();

        await Expect(page.Locator(".msg-found")).ToContainTextAsync("thimble");
        await Expect(page.Locator(".msg-found")).ToBeInViewportAsync();
    }

    /// <summary>Scrolls until the end is reached, or until <paramref name="enough"/> rows are there.</summary>
    private static async Task ScrollToEndAsync(IPage page, Func<int, bool> enough)
    {
        while (
            await page.Locator("[data-more]").CountAsync() > 0
            && !enough(await page.Locator("[data-row]").CountAsync())
        )
        {
            await page.EvaluateAsync(
                "() => { const rows = document.querySelector('[data-rows]'); rows.scrollTop = rows.scrollHeight; }"
            );
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>Started by the first test that needs it.</summary>
    public sealed class Clinic : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inbox-large");
        private readonly Lazy<Task<InboxApp>> _app;

        public Clinic() => _app = new(StartAsync);

        internal string LongOne { get; private set; } = "";

        internal Task<InboxApp> AppAsync() => _app.Value;

        public async ValueTask DisposeAsync()
        {
            if (_app.IsValueCreated)
            {
                await (await _app.Value).DisposeAsync();
            }
            _folder.Delete(recursive: true);
        }

        private async Task<InboxApp> StartAsync()
        {
            // Filled before the app runs: a large transaction would keep its pen waiting.
            var database = (
                Key: "ConnectionStrings:Inbox",
                Value: $"Data Source={Path.Combine(_folder.FullName, "inbox.db")}"
            );
            await using (
                var filled = await Program.BuildAsync([
                    "--environment=Development",
                    "--Demo:Enabled=false",
                    $"--{database.Key}={database.Value}",
                ])
            )
            {
                await using var empty = filled
                    .Services.GetRequiredService<IDbContextFactory<InboxDb>>()
                    .CreateDbContext();
                var now = DateTimeOffset.UtcNow;
                PhoneNumber.TryFromCarrier(InboxApp.Line, out var number);
                empty.Lines.Add(
                    new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.TwoWay, now)
                );
                await empty.SaveChangesAsync(Cancellation);
                await SizeSeed.RunAsync(
                    filled.Services,
                    new ClinicSize(Conversations, 15_000, Conversations, LongThread),
                    TextWriter.Null,
                    Cancellation
                );
            }
            var app = await InboxApp.StartAsync(settings: [database]);
            await using var db = app.Db();
            LongOne = (
                await db
                    .Messages.GroupBy(m => m.ConversationId)
                    .OrderByDescending(g => g.Count())
                    .Select(g => g.Key)
                    .FirstAsync(Cancellation)
            )!.Value.ToString();
            return app;
        }
    }
}
