using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// 500 live inboxes (real circuits) on one server: what each costs, how soon the last of them shows a text, whether all
/// are right after a burst, and after all have lost their connection at once. The reference, in the same process and with
/// clients of the same kind: a bare hub that broadcasts as many bytes.
/// </summary>
internal static class LiveBenchmark
{
    private const int FanOuts = 40;
    private const int Warmup = 10;
    private const int Burst = 1_000;
    private static readonly TimeSpan BurstTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>As one user may have open (<see cref="People.CircuitCount"/>).</summary>
    private const int PerUser = 40;

    public static async Task RunAsync(int screens)
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            Console.WriteLine(
                $"{screens} circuits on the inbox, SQLite synchronous=FULL, {Environment.ProcessorCount} cores for server and clients"
            );
            await using var server = await ServerProcess.StartAsync(
                folder.FullName,
                (screens + PerUser - 1) / PerUser
            );
            using var run = new Run(server);
            await run.OpenAsync(screens);
            await run.FanOutAsync();
            await run.BareFanOutAsync(screens);
            await run.BurstAsync();
            await run.ReconnectAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Run(ServerProcess server) : IDisposable
    {
        private readonly Desk _desk = new();
        private readonly List<CircuitClient> _screens = [];
        private readonly HttpClient _http = new(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
        );
        private readonly CancellationTokenSource _ended = new();
        private int _sent;
        private int _bytesATime = 4_000;

        /// <summary>Opens them eight at a time; the first ten also warm the server up and are not counted.</summary>
        public async Task OpenAsync(int screens)
        {
            await OpenSomeAsync(Math.Min(10, screens));
            // Each client's row is there before anybody counts.
            for (var i = 0; i < Shown.Phones; i++)
            {
                await SendAsync();
            }
            await Task.Delay(2_000);
            var before = await server.HeldAsync(_http);
            var counted = screens - _screens.Count;
            var started = Stopwatch.GetTimestamp();
            await OpenSomeAsync(counted);
            var took = Stopwatch.GetElapsedTime(started);
            _ = PingAsync();
            await Task.Delay(3_000);
            var after = await server.HeldAsync(_http);
            Console.WriteLine(
                $"  opened {counted} in {took.TotalSeconds:N1} s ({(after.Processor - before.Processor) / counted:N1} ms of processor time each)"
            );
            Console.WriteLine(
                $"  memory a circuit: {Kilobytes(after.Resident - before.Resident, counted)} resident, {Kilobytes(after.Heap - before.Heap, counted)} of live objects"
                    + $" (server {after.Resident / 1048576} MB with {_screens.Count}, {before.Resident / 1048576} MB with {_screens.Count - counted})"
            );
        }

        public async Task FanOutAsync()
        {
            var (last, first) = (new List<double>(), new List<double>());
            Held? before = null;
            var (batches, bytes) = (0L, 0L);
            for (var i = 0; i < Warmup + FanOuts; i++)
            {
                if (i == Warmup)
                {
                    before = await server.HeldAsync(_http);
                    (batches, bytes) = (
                        _screens.Sum(s => s.Shown.Batches),
                        _screens.Sum(s => s.Shown.Bytes)
                    );
                }
                var number = Shown.NumberOf(_sent);
                var all = _desk.Expect(number, _screens.Count);
                var started = Stopwatch.GetTimestamp();
                await SendAsync();
                var ended = await WaitAsync(all);
                if (i >= Warmup)
                {
                    last.Add(Stopwatch.GetElapsedTime(started, ended).TotalMilliseconds);
                    first.Add(Stopwatch.GetElapsedTime(started, _desk.First).TotalMilliseconds);
                }
                // The lamp follows the text.
                await Task.Delay(400);
            }
            var after = await server.HeldAsync(_http);
            batches = _screens.Sum(s => s.Shown.Batches) - batches;
            bytes = _screens.Sum(s => s.Shown.Bytes) - bytes;
            _bytesATime = (int)(bytes / (FanOuts * (long)_screens.Count));
            Print("one text on all screens", first, last);
            var screens = (double)FanOuts * _screens.Count;
            Console.WriteLine(
                $"    a screen and text: {batches / screens:N1} batches, {bytes / screens:N0} bytes, {(after.Processor - before!.Processor) / screens * 1_000:N0} µs of the server's processor time, {(after.Allocated - before.Allocated) / screens / 1024:N1} KB allocated"
            );
            Console.WriteLine(
                $"    promised: the last under 300 ms on 4 cores: {(At(last, 0.95) < 300 ? "kept (p95)" : "NOT KEPT at p95")}"
            );
        }

        public async Task BareFanOutAsync(int screens)
        {
            var listeners = new List<BareListener>(screens);
            for (var i = 0; i < screens; i++)
            {
                listeners.Add(await BareListener.OpenAsync(server.Bare, _desk));
            }
            var (last, first) = (new List<double>(), new List<double>());
            for (var i = 0; i < Warmup + FanOuts; i++)
            {
                // Numbers that no screen ever saw.
                var number = 1_000_000_000 + Shown.NumberOf(i);
                var all = _desk.Expect(number, screens);
                var started = Stopwatch.GetTimestamp();
                using var answer = await _http.PostAsync(
                    new Uri(server.Bare, $"tell?number={number}&bytes={_bytesATime}"),
                    content: null
                );
                answer.EnsureSuccessStatusCode();
                var ended = await WaitAsync(all);
                if (i >= Warmup)
                {
                    last.Add(Stopwatch.GetElapsedTime(started, ended).TotalMilliseconds);
                    first.Add(Stopwatch.GetElapsedTime(started, _desk.First).TotalMilliseconds);
                }
                await Task.Delay(200);
            }
            Print($"bare hub, {_bytesATime:N0} bytes to each", first, last);
            listeners.ForEach(l => l.Dispose());
        }

        public async Task BurstAsync()
        {
            var before = await server.HeldAsync(_http);
            var started = Stopwatch.GetTimestamp();
            var answers = new List<Task<double>>(Burst);
            for (var i = 0; i < Burst; i++)
            {
                var due = BurstTime * i / Burst - Stopwatch.GetElapsedTime(started);
                if (due > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(due);
                }
                answers.Add(SendAsync());
            }
            var waits = (await Task.WhenAll(answers)).Order().ToList();
            var sent = Stopwatch.GetElapsedTime(started);
            var right = await UntilAllRightAsync(started);
            var after = await server.HeldAsync(_http);
            Console.WriteLine(
                $"  burst of {Burst:N0} in {sent.TotalSeconds:N1} s: webhook answered p50 {At(waits, 0.5):N0}, p99 {At(waits, 0.99):N0} ms; all {_screens.Count} screens right {(right - sent).TotalSeconds:N1} s after the last one;"
                    + $" {(after.Processor - before.Processor) / 1_000:N1} s of the server's processor time"
            );
        }

        public async Task ReconnectAsync()
        {
            await Task.WhenAll(_screens.Select(s => s.DropAsync()));
            await Task.Delay(1_000);
            await SendAsync();
            var started = Stopwatch.GetTimestamp();
            var back = await Task.WhenAll(_screens.Select(s => s.ReconnectAsync()));
            var connected = Stopwatch.GetElapsedTime(started);
            if (Array.Exists(back, b => !b))
            {
                throw new InvalidOperationException(
                    $"{back.Count(b => !b)} screens found their circuit gone."
                );
            }
            var right = await UntilAllRightAsync(started);
            Console.WriteLine(
                $"  all {_screens.Count} lost and back at once: connected after {connected.TotalSeconds:N1} s, right with what they missed after {right.TotalSeconds:N1} s"
            );
        }

        public void Dispose()
        {
            _ended.Cancel();
            _screens.ForEach(s => s.Dispose());
            _http.Dispose();
            _ended.Dispose();
        }

        private async Task OpenSomeAsync(int count)
        {
            var from = _screens.Count;
            var opened = new CircuitClient[count];
            await Parallel.ForAsync(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (i, _) =>
                    opened[i] = await CircuitClient.OpenAsync(
                        server.App,
                        server.Cookies[(from + i) % server.Cookies.Count],
                        _http,
                        _desk
                    )
            );
            _screens.AddRange(opened);
        }

        /// <summary>A client texts; milliseconds until the webhook is answered.</summary>
        private async Task<double> SendAsync()
        {
            var body = InboundBody.Make(Shown.NumberOf(_sent++));
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(server.App, "webhooks/vonage/inbound")
            )
            {
                Content = new StringContent(body.Json, Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new("Bearer", body.Token);
            var started = Stopwatch.GetTimestamp();
            using var answer = await _http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        /// <summary>Until every screen shows each client's newest text and the desk's count of unread ones.</summary>
        private async Task<TimeSpan> UntilAllRightAsync(long started)
        {
            var wanted = Enumerable
                .Range(Math.Max(0, _sent - Shown.Phones), Math.Min(_sent, Shown.Phones))
                .Select(Shown.NumberOf)
                .ToArray();
            while (true)
            {
                var wrong = _screens.Find(s =>
                    s.Shown.Unread != _sent
                    || !Array.TrueForAll(wanted, n => s.Shown.NewestOf(n % 2_000) == n)
                );
                if (wrong is null)
                {
                    return Stopwatch.GetElapsedTime(started);
                }
                if (Stopwatch.GetElapsedTime(started) > Patience)
                {
                    throw new InvalidOperationException(
                        $"A screen shows {wrong.Shown.Unread} unread of {_sent}. {wrong.Error}"
                    );
                }
                await Task.Delay(20);
            }
        }

        private async Task<long> WaitAsync(Task<long> all)
        {
            try
            {
                return await all.WaitAsync(Patience);
            }
            catch (TimeoutException late)
            {
                var error = _screens.Find(s => s.Error is not null)?.Error;
                throw new InvalidOperationException(
                    $"{_desk.Left} screens lack the text. {error}",
                    late
                );
            }
        }

        private async Task PingAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
            while (!_ended.IsCancellationRequested && await timer.WaitForNextTickAsync())
            {
                foreach (var screen in _screens.ToList())
                {
                    try
                    {
                        await screen.PingAsync();
                    }
                    catch (Exception gone)
                        when (gone
                                is System.Net.WebSockets.WebSocketException
                                    or ObjectDisposedException
                        )
                    {
                        // It is away on purpose, or its own error tells.
                    }
                }
            }
        }

        private static void Print(string name, List<double> first, List<double> last)
        {
            first.Sort();
            last.Sort();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {name}: first screen p50 {At(first, 0.5):N0} ms; last screen p50 {At(last, 0.5):N0}, p95 {At(last, 0.95):N0}, worst {last[^1]:N0} ms"
                )
            );
        }

        private static double At(List<double> sorted, double part) =>
            sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))];

        private static string Kilobytes(long bytes, int count) => $"{bytes / 1024.0 / count:N0} KB";
    }
}
