using System.Net;
using Microsoft.Playwright;

namespace Clinic.Inbox.Benchmarks;

/// <summary>Milliseconds from sending a request until the page's node had changed, and until the frame with it was drawn.</summary>
internal sealed record Seen(double Node, double Pixel);

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

    private Screen(IPlaywright playwright, IBrowser browser, IBrowserContext context, IPage page) =>
        (_playwright, _browser, _context, _page) = (playwright, browser, context, page);

    public static async Task<Screen> OpenAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
            }
        );
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        return new Screen(playwright, browser, context, await context.NewPageAsync());
    }

    public async Task GoToAsync(string address, System.Net.Cookie? cookie)
    {
        if (cookie is not null)
        {
            await _context.AddCookiesAsync(
                [
                    new()
                    {
                        Name = cookie.Name,
                        Value = cookie.Value,
                        Url = address,
                        HttpOnly = true,
                    },
                ]
            );
        }
        await _page.GotoAsync(address, new() { WaitUntil = WaitUntilState.NetworkIdle });
    }

    /// <summary>Sends <paramref name="request"/> and waits until <paramref name="mark"/> is seen within <paramref name="root"/>.</summary>
    /// <exception cref="InvalidOperationException">The answer is no success.</exception>
    /// <exception cref="TimeoutException">It is not seen within half a minute.</exception>
    public async Task<Seen> WatchAsync(string root, string mark, HttpRequestMessage request, HttpClient http)
    {
        await _page.EvaluateAsync(Arm, new { root, mark });
        var sent = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode is not HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The answer was {(int)answer.StatusCode}.");
        }
        var seen = await _page.EvaluateAsync<double[]>("() => window.seen").WaitAsync(TimeSpan.FromSeconds(30));
        return new Seen(seen[0] - sent, seen[1] - sent);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
