using System.Text;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// From the carrier's request to the changed pixel: the whole app with its database, a signed-in Chromium on the inbox,
/// one text after another; against an empty event that goes the bare way (a request, a WebSocket, one text node) in
/// the same browser, before and after.
/// </summary>
internal static class PixelBenchmark
{
    private const int Warmup = 150;
    private const int Texts = 200;

    /// <summary>Clients who text; each has a row of the list, and the one who texts moves to its top.</summary>
    private const int Clients = 40;

    public static async Task RunAsync()
    {
        if (!File.Exists(Screen.Chromium))
        {
            throw new InvalidOperationException($"{Screen.Chromium} is not installed.");
        }
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            await using var app = await PixelApp.StartAsync(folder.FullName);
            await using var bare = await BarePixel.StartAsync();
            await using var screen = await Screen.OpenAsync();
            using var http = new HttpClient();
            Console.WriteLine(
                $"Request to changed pixel, SQLite synchronous=FULL, Chromium without a GPU at 60 frames a second, {Environment.ProcessorCount} cores for all of it"
            );
            var before = await MeasureBareAsync(http, screen, bare, Texts / 2);
            var (ours, work) = await MeasureInboxAsync(http, screen, app);
            var after = await MeasureBareAsync(http, screen, bare, Texts / 2);
            Print(before.Concat(after).ToList(), ours);
            Console.WriteLine(
                $"The page's thread worked {work.All / (Warmup + Texts):N1} ms a text: script {work.Script / (Warmup + Texts):N1}, style {work.Style / (Warmup + Texts):N1}, layout {work.Layout / (Warmup + Texts):N1} (processor time)."
            );
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(List<Seen> Seen, PageWork Work)> MeasureInboxAsync(
        HttpClient http,
        Screen screen,
        PixelApp app
    )
    {
        await screen.GoToAsync(app.Address + "schedule/inbox", app.Cookie);
        var number = 0;
        var before = await screen.WorkAsync();
        var seen = await MeasureAsync(
            screen,
            root: "[data-rows]",
            Texts,
            () =>
            {
                // The number says the phone (its remainder by 2,000) and stands at the end of the text.
                var body = InboundBody.Make(number / Clients * 2_000 + number % Clients);
                var mark = body.Json[body.Json.LastIndexOf("(", StringComparison.Ordinal)..];
                number++;
                var request = new HttpRequestMessage(
                    HttpMethod.Post,
                    app.Address + "webhooks/vonage/inbound"
                )
                {
                    Content = new StringContent(body.Json, Encoding.UTF8, "application/json"),
                };
                request.Headers.Authorization = new("Bearer", body.Token);
                return (request, mark[..(mark.IndexOf(')', StringComparison.Ordinal) + 1)]);
            },
            http
        );
        return (seen, (await screen.WorkAsync()).Since(before));
    }

    private static async Task<List<Seen>> MeasureBareAsync(
        HttpClient http,
        Screen screen,
        BarePixel bare,
        int count
    )
    {
        await screen.GoToAsync(bare.Address, cookie: null);
        return await MeasureAsync(
            screen,
            root: "#seen",
            count,
            () =>
            {
                var mark = $"({Guid.NewGuid()})";
                return (
                    new HttpRequestMessage(HttpMethod.Post, bare.Address + "event")
                    {
                        Content = new StringContent(mark),
                    },
                    mark
                );
            },
            http
        );
    }

    private static async Task<List<Seen>> MeasureAsync(
        Screen screen,
        string root,
        int count,
        Func<(HttpRequestMessage Request, string Mark)> next,
        HttpClient http
    )
    {
        var random = new Random(1);
        var seen = new List<Seen>(count);
        for (var i = 0; i < Warmup + count; i++)
        {
            var (request, mark) = next();
            using (request)
            {
                var one = await screen.WatchAsync(root, mark, request, http);
                if (i >= Warmup)
                {
                    seen.Add(one);
                }
            }
            // Longer than a screen folds a burst, and never in step with its frames.
            await Task.Delay(random.Next(60, 140));
        }
        return seen;
    }

    private static void Print(List<Seen> bare, List<Seen> ours)
    {
        Console.WriteLine(
            $"{"", -38}{"texts", 7}{"node p50", 10}{"p95", 7}{"pixel p50", 11}{"p95", 7}{"max", 7}   milliseconds"
        );
        PrintRow("bare event over a WebSocket", bare);
        PrintRow("Clinic.Inbox, webhook to list row", ours);
        var (p50, p95) = (At(ours, 0.5, s => s.Pixel), At(ours, 0.95, s => s.Pixel));
        Console.WriteLine(
            $"Ours is {p50 / At(bare, 0.5, s => s.Pixel):0.0} times the bare event at p50, {p95 / At(bare, 0.95, s => s.Pixel):0.0} times at p95. "
                + $"Promised: p50 under 20 ms, p95 under 60 ms: {(p50 < 20 && p95 < 60 ? "kept" : "NOT KEPT")}"
        );
    }

    private static void PrintRow(string name, List<Seen> seen) =>
        Console.WriteLine(
            $"{name, -38}{seen.Count, 7}{At(seen, 0.5, s => s.Node), 10:N1}{At(seen, 0.95, s => s.Node), 7:N1}"
                + $"{At(seen, 0.5, s => s.Pixel), 11:N1}{At(seen, 0.95, s => s.Pixel), 7:N1}{seen.Max(s => s.Pixel), 7:N1}"
        );

    private static double At(List<Seen> seen, double part, Func<Seen, double> what) =>
        seen.Select(what).Order().ElementAt((int)(seen.Count * part));
}
