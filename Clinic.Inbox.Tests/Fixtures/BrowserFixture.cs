using System.Text.RegularExpressions;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// One Chromium for all browser tests, started by the first that needs it. Each test has contexts of its own: browsers
/// that know nothing of each other.
/// </summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(
        StartAsync
    );

    /// <summary>A page of a new browser in which <paramref name="user"/> is signed in; null: nobody is.</summary>
    /// <param name="adjust">Size, colours and so on; 1440×900 unless it says otherwise.</param>
    internal async Task<IPage> PageAsync(
        InboxApp app,
        DeskUser? user = null,
        Action<BrowserNewContextOptions>? adjust = null
    )
    {
        Assert.SkipUnless(
            File.Exists(Chromium),
            $"{Chromium} is missing: apt-get install chromium."
        );
        var (_, browser) = await _started.Value;
        var options = new BrowserNewContextOptions
        {
            BaseURL = app.Address.ToString(),
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        };
        adjust?.Invoke(options);
        var context = await browser.NewContextAsync(options);
        app.EndsWithIt(() => context.CloseAsync());
        // Two cores, several tests at once: a page may take its time, a broken one still fails.
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        if (user is not null)
        {
            await context.AddCookiesAsync([user.BrowserCookie]);
        }
        await context.AddInitScriptAsync(
            "addEventListener('DOMContentLoaded', () => { const main = document.querySelector('main'); if (main) main.dataset.prerendered = 'yes'; })"
        );
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            var (playwright, browser) = await _started.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--no-sandbox",
                    "--disable-quic",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
        return (playwright, browser);
    }
}

internal static class LivePage
{
    /// <summary>Opens a page and waits until the circuit has put its own in place of the prerendered one: until then a click is lost.</summary>
    public static async Task GoLiveAsync(this IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.WaitForFunctionAsync(
            "() => { const main = document.querySelector('main'); return main && !main.dataset.prerendered; }"
        );
    }

    /// <summary>
    /// Chooses a file as soon as the circuit listens for one: Blazor does so a moment after the field is drawn, and what is
    /// chosen before is lost.
    /// </summary>
    public static async Task ChooseAsync(this ILocator field, FilePayload file)
    {
        await Eventually.IsTrueAsync(
            () => field.EvaluateAsync<bool>("field => '_blazorInputFileNextFileId' in field"),
            "a file can be chosen"
        );
        await field.SetInputFilesAsync(file);
    }

    /// <summary>
    /// Waits until the page's address contains <paramref name="part"/>. Playwright's own WaitForURL looks once and then waits for
    /// the next change, and for ever where the change came in between.
    /// </summary>
    public static Task UntilAtAsync(this IPage page, string part) =>
        Assertions
            .Expect(page)
            .ToHaveURLAsync(
                new Regex(Regex.Escape(part), RegexOptions.None, TimeSpan.FromSeconds(1))
            );
}
