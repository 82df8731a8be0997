using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>The process dies as <c>kill -9</c> ends it, again and again, in the middle of its work: nothing is lost, nothing done twice.</summary>
public sealed class KilledTests
{
    private const int Lines = 2;
    private const int Refused = 2;

    /// <summary>Files that are given whole to each process, and those that it fetches at once at most.</summary>
    private const int Whole = 10;
    private const int AtOnce = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task While_texts_pour_in_each_that_was_answered_200_is_there_once(
        DatabaseKind kind
    )
    {
        await using var walk = new FaultWalk(kind);
        var phone = await walk.SceneAsync();
        await walk.StopAsync();
        using var storm = new WebhookStorm(Extent.Webhooks, phone.Line.Number);
        var port = AppProcess.FreePort();
        var pouring = storm.PourAsync(new Uri($"http://127.0.0.1:{port}/"), Cancellation);

        for (var kill = 1; kill <= Extent.Kills; kill++)
        {
            using var process = AppProcess.Start(walk, port);
            var enough = Extent.Before(kill, Extent.Webhooks);
            await Eventually.IsTrueAsync(
                () => Task.FromResult(storm.Taken >= enough),
                $"{enough} texts are taken"
            );
            process.Kill();
        }
        using (var last = AppProcess.Start(walk, port))
        {
            await pouring;
            last.Kill();
        }

        await using var db = walk.Look();
        await storm.AssertThereOnceAsync(db, Cancellation);
        Assert.Equal(Extent.Webhooks, await db.Messages.CountAsync(Cancellation));
    }

    [Fact]
    public async Task While_texts_leave_none_reaches_the_carrier_twice_and_each_has_an_end()
    {
        using var key = RSA.Create(2048);
        (string, string)[] account =
        [
            ("Vonage:ApplicationId", Guid.NewGuid().ToString()),
            ("Vonage:PrivateKey", key.ExportPkcs8PrivateKeyPem()),
            ("Vonage:SignatureSecret", CarrierHost.Secret),
        ];
        // Another clinic's simulator is the carrier, for it must not die with this one.
        await using var carrier = await SimulatorClient.StartAsync(account);
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, account);
        var ids = await QueueAsync(walk);
        await MakeTroubleAsync(carrier);
        var port = AppProcess.FreePort();
        (string, string)[] toCarrier =
        [
            ("Vonage:BaseUrl", new Uri(carrier.Address, "simulator").ToString()),
            ("PublicUrl", $"http://127.0.0.1:{port}"),
        ];

        for (var kill = 1; kill <= Extent.Kills; kill++)
        {
            using var process = AppProcess.Start(walk, port, toCarrier);
            var enough = Extent.Before(kill, Extent.Texts);
            await Eventually.IsTrueAsync(
                async () => (await carrier.ItemsAsync("messages")).Length >= enough,
                $"{enough} texts reach the carrier"
            );
            process.Kill();
        }
        using (AppProcess.Start(walk, port, toCarrier))
        {
            await Eventually.IsTrueAsync(
                async () =>
                {
                    await using var db = walk.Look();
                    return !await db.Messages.AnyAsync(
                        m => m.State == MessageState.Queued || m.State == MessageState.Sending,
                        Cancellation
                    );
                },
                "nothing waits any more"
            );
        }

        var carried = (await carrier.ItemsAsync("messages"))
            .GroupBy(m => m.Text("client_ref"))
            .ToList();
        Assert.All(carried, attempts => Assert.Single(attempts));
        await using var after = walk.Look();
        var states = await after
            .Messages.Where(m => m.Direction == MessageDirection.Outbound)
            .ToDictionaryAsync(m => m.Id.ToString(), m => m.State, Cancellation);
        Assert.Equal(ids, states.Keys.ToHashSet());
        var reached = carried.Select(attempts => attempts.Key).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            states,
            text =>
                Assert.True(
                    text.Value switch
                    {
                        MessageState.Sent or MessageState.Delivered => reached.Contains(text.Key),
                        MessageState.Failed => !reached.Contains(text.Key),
                        // Under way at a kill, or the carrier's answer was unclear.
                        MessageState.Unconfirmed => true,
                        _ => false,
                    },
                    $"A text is {text.Value}, which is not what the carrier has."
                )
        );
        Assert.InRange(states.Count(s => s.Value == MessageState.Failed), 0, Refused);
        // At most what was under way for each line, and what the carrier itself left unclear.
        Assert.InRange(
            states.Count(s => s.Value == MessageState.Unconfirmed),
            0,
            (Extent.Kills * 4 * Lines) + 2
        );
    }

    [Fact]
    public async Task While_files_are_fetched_each_is_there_whole_in_the_end()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        await walk.StopAsync();
        await using var media = await MediaHost.StartAsync();
        var round = new Round();
        var files = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var kill = 1; kill <= Extent.Kills; kill++)
        {
            // What was under way has a lease of two minutes: each process fetches others.
            round = new Round();
            using var process = await AppProcess.StartReadyAsync(walk);
            if (kill == 1)
            {
                await BringFilesAsync(process);
            }
            var enough = Random.Shared.Next(AtOnce) + 1;
            await Eventually.IsTrueAsync(
                () => Task.FromResult(round.Half >= enough),
                $"{enough} files are half here"
            );
            process.Kill();
        }
        round = new Round(int.MaxValue);

        await walk.StartAsync();
        await Eventually.IsTrueAsync(() => StoredAsync(walk), "every file is stored");

        await using var db = walk.Look();
        var stored = await db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => m.Direction == MessageDirection.Inbound)
            .ToListAsync(Cancellation);
        Assert.Equal(Extent.Files, stored.Count);
        var store = walk.App.Get<AttachmentStore>();
        foreach (var message in stored)
        {
            var file = Assert.Single(message.Attachments);
            Assert.Equal(
                files[message.CarrierId!],
                await File.ReadAllBytesAsync(store.PathOf(file.Id), Cancellation)
            );
            Assert.Equal(file.IsImage, File.Exists(store.ThumbnailPathOf(file.Id)));
        }
        Assert.DoesNotContain(
            Directory.GetFiles(walk.Files, "*", SearchOption.AllDirectories),
            path => path.EndsWith(".part", StringComparison.Ordinal)
        );

        async Task BringFilesAsync(AppProcess process)
        {
            for (var i = 0; i < Extent.Files; i++)
            {
                var content =
                    i % 3 == 0 ? SampleFiles.Jpeg(40 + i, 20) : SampleFiles.Pdf($"records {i}");
                var uuid = Guid.NewGuid().ToString();
                files[uuid] = content;
                var url = media.Serve(context => round.GiveAsync(context, content));
                Assert.Equal(
                    HttpStatusCode.OK,
                    await WebhookStorm.PostAsync(
                        process.Http,
                        process.Address,
                        "inbound",
                        WebhookStorm.Picture(phone, uuid, url),
                        Cancellation
                    )
                );
            }
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task While_it_makes_its_database_the_next_start_goes_on(DatabaseKind kind)
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        await walk.StartAsync();
        await walk.StopAsync();
        for (var kill = 1; kill <= Extent.StartsKilled(kind); kill++)
        {
            var folder = Directory.CreateTempSubdirectory("inbox-new");
            var database = await kind.NewAsync(folder.FullName);
            using (var process = AppProcess.Start(walk, null, database))
            {
                await UntilItMakesAsync(database);
                await Task.Delay(Random.Shared.Next(500), Cancellation);
                process.Kill();
            }

            using var next = await AppProcess.StartReadyAsync(walk, null, database);

            using var ready = await next.Http.GetAsync("health/ready", Cancellation);
            var said = await ready.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains("All migrations are applied.", said, StringComparison.Ordinal);
            Assert.Contains("The database answers.", said, StringComparison.Ordinal);
            next.Kill();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>There is only the first migration. What else a start makes is taken away: search and the audit log's guards.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task While_it_brings_a_filled_database_up_to_date_nothing_in_it_is_lost(
        DatabaseKind kind
    )
    {
        await using var walk = new FaultWalk(kind);
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.HearsAsync("Bella ate a sock");
        // It stands in the audit log.
        await phone.ResumesAsync();
        using var storm = new WebhookStorm(Extent.Webhooks / 4, phone.Line.Number);
        await storm.PourAsync(walk.App.Address, Cancellation);
        await walk.StopAsync();
        var before = await RowsAsync(walk);

        for (var kill = 1; kill <= Extent.StartsKilled(kind); kill++)
        {
            await UndoAsync(walk);
            using var process = AppProcess.Start(walk);
            await UntilItMakesAsync(walk.Settings!);
            await Task.Delay(Random.Shared.Next(500), Cancellation);
            process.Kill();
        }
        await walk.StartAsync();

        Assert.Equal(before, await RowsAsync(walk));
        await using var db = walk.Look();
        await storm.AssertThereOnceAsync(db, Cancellation);
        var search = walk.App.Get<InboxSearch>();
        foreach (
            var (typed, found) in ((string, int)[])[("sock", 1), ("ana col", 1), ("storm", 40)]
        )
        {
            await Eventually.IsTrueAsync(
                async () =>
                    (
                        await search.FindAsync(
                            new InboxFilter(State: null, Search: typed),
                            after: null,
                            50,
                            Cancellation
                        )
                    ).Count == found,
                $"'{typed}' is found"
            );
        }
        var refused = await Assert.ThrowsAnyAsync<DbException>(() =>
            db.Database.ExecuteSqlRawAsync(
                "UPDATE \"Audit\" SET \"ActorName\" = 'Nobody'",
                Cancellation
            )
        );
        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>What a kill at the wrong moment leaves: Entity Framework's note that somebody migrates, for ever.</summary>
    [Fact]
    public async Task A_start_does_not_wait_for_one_who_was_killed_while_migrating()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-dead");
        var database = $"Data Source={Path.Combine(folder.FullName, "inbox.db")}";
        await using (var db = new SqliteConnection(database))
        {
            await db.OpenAsync(Cancellation);
            await using var note = db.CreateCommand();
            note.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-11-01 00:00:00');
                """;
            await note.ExecuteNonQueryAsync(Cancellation);
        }

        await using var app = await InboxApp
            .StartAsync(settings: ("ConnectionStrings:Inbox", database))
            .WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        using var taken = await app.ReceiveAsync("14155550134", "Hello");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task While_months_are_closed_each_is_closed_once_and_right()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        await walk.StopAsync();
        var expected = await MonthsAsync(walk, phone);

        for (var kill = 1; kill <= Extent.Kills; kill++)
        {
            using var process = AppProcess.Start(walk);
            var enough = Extent.Before(kill, Extent.Months);
            await Eventually.IsTrueAsync(
                async () => await ClosedAsync(walk) >= enough,
                $"{enough} months are closed"
            );
            process.Kill();
        }
        using (AppProcess.Start(walk))
        {
            await Eventually.IsTrueAsync(
                async () => await ClosedAsync(walk) >= expected.Count,
                "all months are closed"
            );
        }

        await using var db = walk.Look();
        var statements = await db
            .Statements.AsNoTracking()
            .Include(s => s.Lines)
            .OrderBy(s => s.Month)
            .ToListAsync(Cancellation);
        Assert.Equal(
            expected,
            statements.ToDictionary(s => s.Month, s => s.Messages, StringComparer.Ordinal)
        );
        Assert.All(
            statements.Zip(statements.Skip(1)),
            pair => Assert.Equal(pair.First.To, pair.Second.From)
        );
        Assert.All(
            statements,
            s => Assert.Equal((s.Messages, 99.00m), (s.Lines.Sum(l => l.Messages), s.Fee))
        );
    }

    /// <summary>Texts to phones that wrote first, on lines that wait.</summary>
    private static async Task<HashSet<string>> QueueAsync(FaultWalk walk)
    {
        var first = await walk.SceneAsync();
        var lines = new[] { first, await first.OnAnotherLineAsync() };
        foreach (var line in lines)
        {
            await line.PausesAsync();
        }
        var ids = await walk.QueueAsync(lines, Extent.Texts);
        await walk.StopAsync();
        await walk.ResumeAllAsync();
        return ids.Select(id => id.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Between texts that go well: throttled, refused, an error, an answer that is lost, receipts in disorder.</summary>
    private static async Task MakeTroubleAsync(InboxApp carrier)
    {
        foreach (
            var fault in (object[])
                [
                    new { receipts = "backwards", count = 10 },
                    new { status = 429, retryAfter = 1 },
                    new { receipts = "twice", count = 10 },
                    new { status = 500 },
                    new { receipts = "strangers", count = 10 },
                    new { status = 422, count = Refused },
                    new { receipts = "backwards", count = 5 },
                    new { dropAfterAccept = true },
                ]
        )
        {
            using var answer = await carrier.PostAsync("faults", fault);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    /// <summary>A start has begun with the database: it holds what lets one go at a time.</summary>
    private static Task UntilItMakesAsync((string Key, string Value)[] settings)
    {
        var connection = settings.Last(s => s.Key == "ConnectionStrings:Inbox").Value;
        return Eventually.IsTrueAsync(
            settings.Last(s => s.Key == "Database:Provider").Value == "Sqlite"
                ? () => Task.FromResult(File.Exists(StartFile(connection)))
                : () => IsHeldAsync(connection),
            "the database is being made"
        );
    }

    private static string StartFile(string connection) =>
        new SqliteConnectionStringBuilder(connection).DataSource + "-start";

    private static async Task<bool> IsHeldAsync(string connection)
    {
        await using var db = new NpgsqlConnection(connection + ";Pooling=false");
        await db.OpenAsync(Cancellation);
        await using var look = db.CreateCommand();
        look.CommandText = """
            SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE l.locktype = 'advisory' AND d.datname = current_database())
            """;
        return (bool)(await look.ExecuteScalarAsync(Cancellation))!;
    }

    /// <summary>As if this version's last step had never been.</summary>
    private static async Task UndoAsync(FaultWalk walk)
    {
        await using var db = walk.Look();
        if (walk.Kind == DatabaseKind.Sqlite)
        {
            File.Delete(StartFile(db.Database.GetConnectionString()!));
        }
        await db.Database.ExecuteSqlRawAsync(
            walk.Kind == DatabaseKind.Sqlite
                ? """
                DELETE FROM "Settings" WHERE "Key" = 'search.version';
                DROP TABLE IF EXISTS "SearchTextsIndex";
                DROP TABLE IF EXISTS "SearchNamesIndex";
                DROP TRIGGER IF EXISTS "Audit_Unchanged";
                """
                : """
                DELETE FROM "Settings" WHERE "Key" = 'search.version';
                DROP TABLE IF EXISTS "SearchTexts", "SearchNames" CASCADE;
                DROP TRIGGER IF EXISTS audit_append_only ON "Audit";
                """,
            Cancellation
        );
    }

    private static async Task<object> RowsAsync(FaultWalk walk)
    {
        await using var db = walk.Look();
        return (
            await db.Messages.CountAsync(Cancellation),
            await db.Conversations.CountAsync(Cancellation),
            await db.Lines.CountAsync(Cancellation),
            await db.Clients.CountAsync(Cancellation),
            await db.ConsentRecords.CountAsync(Cancellation),
            await db.Settings.CountAsync(Cancellation)
        );
    }

    /// <summary>Whether every file is stored; moves the clock to where the next may be tried.</summary>
    private static async Task<bool> StoredAsync(FaultWalk walk)
    {
        await using var db = walk.Look();
        var pending = await db
            .Attachments.AsNoTracking()
            .Where(a => a.State == AttachmentState.Pending)
            .ToListAsync(Cancellation);
        if (pending.Count == 0)
        {
            return true;
        }
        var wait = pending.Min(a => a.NextAttemptAt!.Value) - walk.App.Clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            walk.App.Clock.Advance(wait);
            walk.App.Get<AttachmentSignal>().Wake();
        }
        return false;
    }

    /// <summary>Puts the line's beginning years back, with a few texts in each month. Returns how many by month.</summary>
    private static async Task<Dictionary<string, int>> MonthsAsync(FaultWalk walk, Scene phone)
    {
        await using var db = walk.Look();
        var zone = NodaTime.DateTimeZoneProviders.Tzdb[
            (await db.ClinicProfiles.SingleAsync(Cancellation)).TimeZone
        ];
        var current = UsageMonth.At(DateTimeOffset.UtcNow - Statements.ClosedAfter, zone).Month;
        var began = UsageMonth.Of(current.PlusMonths(-Extent.Months), zone).From;
        var conversation = new Conversation(
            Id<Conversation>.New(began),
            phone.Line.Id,
            phone.Number,
            began
        );
        db.Conversations.Add(conversation);
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Extent.Months; i++)
        {
            var month = UsageMonth.Of(current.PlusMonths(i - Extent.Months), zone);
            expected[month.Key] = i % 4;
            for (var text = 0; text < i % 4; text++)
            {
                var at = month.From.AddDays(3 + text);
                db.Messages.Add(
                    Message.Received(
                        Id<Message>.New(at),
                        conversation,
                        "Hello",
                        1,
                        Guid.NewGuid().ToString(),
                        keyword: null,
                        at
                    )
                );
            }
        }
        await db.SaveChangesAsync(Cancellation);
        await db.Lines.ExecuteUpdateAsync(
            l => l.SetProperty(x => x.CreatedAt, began),
            Cancellation
        );
        return expected;
    }

    private static async Task<int> ClosedAsync(FaultWalk walk)
    {
        await using var db = walk.Look();
        return await db.Statements.CountAsync(Cancellation);
    }

    /// <summary>What the carrier's media gives to one process: so many files whole, and half of each of the others.</summary>
    private sealed class Round(int whole = Whole)
    {
        private int _left = whole;
        private int _half;

        /// <summary>How many were given by half.</summary>
        public int Half => Volatile.Read(ref _half);

        public async Task GiveAsync(HttpContext context, byte[] content)
        {
            var (body, gone) = (context.Response.Body, context.RequestAborted);
            await body.WriteAsync(content.AsMemory(0, content.Length / 2), gone);
            await body.FlushAsync(gone);
            if (Interlocked.Decrement(ref _left) < 0)
            {
                Interlocked.Increment(ref _half);
                await Task.Delay(Timeout.Infinite, gone);
            }
            await body.WriteAsync(content.AsMemory(content.Length / 2), gone);
        }
    }
}
