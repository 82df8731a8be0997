using System.Diagnostics;
using System.Net;
using Clinic.Inbox.Benchmarks.Live;
using Clinic.Inbox.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// The carrier after an outage: 100,000 webhooks at once, each text twice and none in its order. Afterwards each is there
/// once and every conversation says what is true; meanwhile a desk that has the inbox open opens a conversation and goes on.
/// </summary>
internal static class ReplayBenchmark
{
    private const int Texts = 50_000;
    private const int Connections = 64;
    private const int Screens = 10;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            await using var server = await ServerProcess.StartAsync(folder.FullName, users: 1);
            using var http = new HttpClient(
                new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
            );
            Console.WriteLine(
                $"{Texts * 2:N0} webhooks after an outage, each text twice and out of order, {Screens} inboxes open, SQLite synchronous=FULL, {Environment.ProcessorCount} cores for all of it"
            );
            var bodies = Storm();
            var desk = new Desk();
            var screens = new List<CircuitClient>();
            for (var i = 0; i < Screens; i++)
            {
                screens.Add(
                    await CircuitClient.OpenAsync(server.App, server.Cookies[0], http, desk)
                );
            }
            var quiet = await PagesAsync(server, http, Task.Delay(3_000));
            var storm = LoadGenerator.RunAsync(
                new Uri(server.App, "webhooks/vonage/inbound"),
                Connections,
                bodies
            );
            var during = await PagesAsync(server, http, storm);
            var result = await storm;
            Console.WriteLine(
                $"  {result.PerSecond:N0} a second, p50 {result.P50:N1}, p99 {result.P99:N1} ms, {result.Errors} not answered 200"
            );
            Console.WriteLine(
                $"  a page of the inbox: {Middle(quiet):N0} ms before it, in the middle of it median {Middle(during):N0}, worst {during.Max():N0} ms ({during.Count} pages)"
            );
            var right = await UntilRightAsync(screens);
            Console.WriteLine(
                $"  every open inbox counts {Texts:N0} unread {right.TotalSeconds:N1} s after the last one"
            );
            screens.ForEach(s => s.Dispose());
            await CheckAsync(Path.Combine(folder.FullName, "inbox.db"));
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the carrier kept for hours, as it comes.</summary>
    private static InboundBody[] Storm()
    {
        var from = DateTimeOffset.UtcNow.AddHours(-8);
        var bodies = Enumerable
            .Range(0, Texts)
            .SelectMany(i =>
            {
                var at = from.AddMilliseconds(i * 500);
                return new[] { InboundBody.Make(i, at), InboundBody.Make(i, at) };
            })
            .ToArray();
        new Random(1).Shuffle(bodies);
        return bodies;
    }

    /// <summary>Opens the inbox again and again, as somebody who works; milliseconds of each.</summary>
    private static async Task<List<double>> PagesAsync(
        ServerProcess server,
        HttpClient http,
        Task until
    )
    {
        var times = new List<double>();
        do
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(server.App, "schedule/inbox")
            );
            request.Headers.Add("Cookie", $"{server.Cookies[0].Name}={server.Cookies[0].Value}");
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"The page was {(int)answer.StatusCode}.");
            }
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(200);
        } while (!until.IsCompleted);
        return times;
    }

    private static async Task<TimeSpan> UntilRightAsync(List<CircuitClient> screens)
    {
        var started = Stopwatch.GetTimestamp();
        while (screens.Find(s => s.Shown.Unread != Texts) is { } wrong)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException(
                    $"A screen shows {wrong.Shown.Unread} unread. {wrong.Error}"
                );
            }
            await Task.Delay(20);
        }
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Each text once, and every conversation says what its texts say.</summary>
    private static async Task CheckAsync(string file)
    {
        var options = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(options, $"Data Source={file}");
        await using var db = new SqliteInboxDb(options.Options);
        var texts = await db.Messages.CountAsync();
        var distinct = await db.Messages.Select(m => m.CarrierId).Distinct().CountAsync();
        // The newest text by the phone's clock is the preview; as many are unread as there are.
        var wrong = await db
            .Database.SqlQueryRaw<int>(
                """
                SELECT COUNT(*) AS Value FROM "Conversations" c
                WHERE c."Unread" <> (SELECT COUNT(*) FROM "Messages" m WHERE m."ConversationId" = c."Id")
                  OR c."LastMessageAt" <> (SELECT MAX(m."At") FROM "Messages" m WHERE m."ConversationId" = c."Id")
                  OR c."Preview" <> (SELECT m."Text" FROM "Messages" m WHERE m."ConversationId" = c."Id" ORDER BY m."At" DESC LIMIT 1)
                """
            )
            .SingleAsync();
        var conversations = await db.Conversations.CountAsync();
        Console.WriteLine(
            $"  rows: {texts:N0} texts, {distinct:N0} distinct, {conversations:N0} conversations, {wrong} of them wrong"
        );
        if (texts != Texts || distinct != Texts || conversations != 2_000 || wrong != 0)
        {
            throw new InvalidOperationException("The storm left wrong rows.");
        }
    }

    private static double Middle(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
