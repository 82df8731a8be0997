using System.Net;
using Microsoft.Playwright;

namespace Clinic.Inbox.Benchmarks;

/// <summary>Milliseconds from sending a request until the page's node had changed, and until the frame with it was drawn.</summary>
internal sealed record Seen(double Node, double Pixel);

/// <summary>What the page's own thread did, in milliseconds of processor time: hardly disturbed by who else is busy.</summary>
internal sealed record PageWork(double Script, double Style, double Layout, double All)
{
    public PageWork Since(PageWork before) =>
        new(Script - before.Script, Style - before.Style, Layout - before.Layout, All - before.All);
}

/// <summary>A headless Chromium with one page, that notes when a text appears on it.</summary>
internal sealed class Screen : IAsyncDisposable
{
    public const string Chromium = "/usr/bin/chromium";

    /// <summary>
    /// The first microtask after the node changed; then the next frame is begun, and the first task after it finds it
    /// drawn. By the machine's clock, as the sender's.
    /// </summary>
    private const string Arm = """
        ({ root, mark }) => {
          const now = () => performance.timeOrigin + performance.now();
          window.seen = new Promise(resolve => {
            const look = () => {
              if (!document.querySelector(root)?.textContent.includes(mark)) {
                return false;
              }
              const node = now();
              requestAnimationFrame(() => {
                const afterwards = new MessageChannel();
                afterwards.port1.onmessage = () => resolve([node, now()]);
                afterwards.port2.postMessage(0);
              });
              return true;
            };
            const observer = new MutationObserver(() => look() && observer.disconnect());
            observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          });
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IBrowserContext _context;
    private readonly IPage _page;
    private readonly ICDPSession _session;

    private Screen(
        IPlaywright playwright,
        IBrowser browser,
        IBrowserContext context,
        IPage page,
        ICDPSession session
    ) =>
        (_playwright, _browser, _context, _page, _session) = (
            playwright,
            browser,
            context,
            page,
            session
        );

    public static async Task<Screen> OpenAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-background-networking",
                ],
            }
        );
        var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1440, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        var session = await context.NewCDPSessionAsync(page);
        await session.SendAsync(
            "Performance.enable",
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["timeDomain"] = "threadTicks",
            }
        );
        return new Screen(playwright, browser, context, page, session);
    }

    public async Task GoToAsync(string address, System.Net.Cookie? cookie)
    {
        if (cookie is not null)
        {
            await _context.AddCookiesAsync([
                new()
                {
                    Name = cookie.Name,
                    Value = cookie.Value,
                    // The whole app: by a longer address the circuit would not get it.
                    Url = new Uri(address).GetLeftPart(UriPartial.Authority) + "/",
                    HttpOnly = true,
                },
            ]);
        }
        await _page.GotoAsync(address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        if (_page.Url != address)
        {
            throw new InvalidOperationException($"Asked for {address}, came to {_page.Url}.");
        }
    }

    /// <summary>Sends <paramref name="request"/> and waits until <paramref name="mark"/> is seen within <paramref name="root"/>.</summary>
    /// <exception cref="InvalidOperationException">The answer is no success.</exception>
    /// <exception cref="TimeoutException">It is not seen within half a minute.</exception>
    public async Task<Seen> WatchAsync(
        string root,
        string mark,
        HttpRequestMessage request,
        HttpClient http
    )
    {
        await _page.EvaluateAsync(Arm, new { root, mark });
        var sent = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode is not HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The answer was {(int)answer.StatusCode}.");
        }
        var seen = await _page
            .EvaluateAsync<double[]>("() => window.seen")
            .WaitAsync(TimeSpan.FromSeconds(30));
        return new Seen(seen[0] - sent, seen[1] - sent);
    }

    /// <summary>Since the page was opened.</summary>
    public async Task<PageWork> WorkAsync()
    {
        var answer = await _session.SendAsync("Performance.getMetrics");
        var metrics = answer!
            .Value.GetProperty("metrics")
            .EnumerateArray()
            .ToDictionary(
                m => m.GetProperty("name").GetString()!,
                m => m.GetProperty("value").GetDouble() * 1_000,
                StringComparer.Ordinal
            );
        return new PageWork(
            metrics["ScriptDuration"],
            metrics["RecalcStyleDuration"],
            metrics["LayoutDuration"],
            metrics["TaskDuration"]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
