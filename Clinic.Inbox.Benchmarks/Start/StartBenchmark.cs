using System.Globalization;
using Microsoft.Playwright;

namespace Clinic.Inbox.Benchmarks.Start;

/// <summary>
/// The published app: how soon it answers its first page, what it holds when nobody uses it, and what a browser that has
/// never been there must fetch before it shows the inbox.
/// </summary>
internal static class StartBenchmark
{
    private const int Runs = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            var app = Path.Combine(folder.FullName, "app");
            await PublishedApp.PublishAsync(app);
            Console.WriteLine(
                $"Published, {Size(app) / 1048576} MB on the disk, {Environment.ProcessorCount} cores"
            );
            await MeasureStartAsync(
                app,
                Directory.CreateDirectory(Path.Combine(folder.FullName, "data")).FullName
            );
            await MeasureWireAsync(
                app,
                Directory.CreateDirectory(Path.Combine(folder.FullName, "demo")).FullName
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureStartAsync(string app, string data)
    {
        await using (var fresh = await PublishedApp.StartAsync(app, data))
        {
            Console.WriteLine(
                $"  first page {Seconds(fresh.FirstPage)} s after the very first start, which makes the database"
            );
        }
        var starts = new List<TimeSpan>();
        for (var i = 0; i < Runs; i++)
        {
            await using var again = await PublishedApp.StartAsync(app, data);
            starts.Add(again.FirstPage);
            if (i == Runs - 1)
            {
                await Task.Delay(Idle);
                Console.WriteLine(
                    $"  idle: {again.Resident / 1048576} MB resident after {Idle.TotalSeconds:N0} s (promised: under 200)"
                );
            }
        }
        starts.Sort();
        Console.WriteLine(
            $"  first page {Seconds(starts[0])} to {Seconds(starts[^1])} s after a start, median {Seconds(starts[Runs / 2])} of {Runs} (promised: under 2)"
        );
    }

    private static async Task MeasureWireAsync(string app, string data)
    {
        await using var demo = await PublishedApp.StartAsync(app, data, demo: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Screen.Chromium, Args = ["--no-sandbox"] }
        );
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = demo.Address.AbsoluteUri,
                ViewportSize = new() { Width = 1440, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("account/sign-in");
        await page.Locator("button.demo-sign-in").First.ClickAsync();
        await page.WaitForURLAsync("**/schedule/**");
        var cookies = await context.CookiesAsync();

        // A browser that has only the session.
        var empty = await browser.NewContextAsync(
            new()
            {
                BaseURL = demo.Address.AbsoluteUri,
                ViewportSize = new() { Width = 1440, Height = 900 },
            }
        );
        await empty.AddCookiesAsync(
            cookies.Select(c => new Cookie
            {
                Name = c.Name,
                Value = c.Value,
                Domain = c.Domain,
                Path = c.Path,
            })
        );
        var inbox = await empty.NewPageAsync();
        await inbox.GotoAsync("schedule/inbox", new() { WaitUntil = WaitUntilState.NetworkIdle });
        var wire = await Wire.ReadAsync(inbox);
        Console.WriteLine(
            $"  the inbox, nothing cached: {wire.BeforePaint / 1024} KB over the wire until something is seen (promised: under 300), {wire.All / 1024} KB in all, {wire.Requests} requests"
        );
        foreach (var (name, bytes) in wire.Largest)
        {
            Console.WriteLine($"    {bytes / 1024, 5} KB  {name}");
        }
    }

    private static long Size(string folder) =>
        new DirectoryInfo(folder)
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .Sum(f => f.Length);

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>What a page fetched, as its browser counts it: bodies as they came over the wire, and their headers.</summary>
/// <param name="BeforePaint">Bytes that had come when the first content was drawn.</param>
internal sealed record Wire(
    long BeforePaint,
    long All,
    int Requests,
    IReadOnlyList<(string Name, long Bytes)> Largest
)
{
    private const string Script = """
        () => {
          const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
          return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
            .map(e => `${e.transferSize} ${e.responseEnd <= paint ? 1 : 0} ${new URL(e.name).pathname}`);
        }
        """;

    public static async Task<Wire> ReadAsync(IPage page)
    {
        var entries = (await page.EvaluateAsync<string[]>(Script))
            .Select(entry => entry.Split(' ', 3))
            .Select(parts =>
                (
                    Name: parts[2],
                    Bytes: long.Parse(parts[0], CultureInfo.InvariantCulture),
                    Before: parts[1] == "1"
                )
            )
            .ToList();
        return new Wire(
            entries.Where(e => e.Before).Sum(e => e.Bytes),
            entries.Sum(e => e.Bytes),
            entries.Count,
            [.. entries.OrderByDescending(e => e.Bytes).Take(8).Select(e => (e.Name, e.Bytes))]
        );
    }
}
