using System.Diagnostics;
using System.Net;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Search;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class FailedWritesOnSqliteTests(SqliteWalk walk)
    : FailedWritesTests(walk),
        IClassFixture<SqliteWalk>
{
    [Fact]
    public async Task While_another_process_holds_the_database_every_text_is_refused_in_time()
    {
        var phone = await walk.SceneAsync();
        await phone.TextsAsync("Before");
        await using (var other = new SqliteConnection(ConnectionString(phone)))
        {
            await other.OpenAsync(Cancellation);
            await using var held = await other.BeginTransactionAsync(Cancellation);
            var started = Stopwatch.GetTimestamp();

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 64).Select(n => phone.TextsAsync($"Meanwhile {n}"))
            );

            Assert.All(answers, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
            // Vonage waits 15 s for an answer.
            Assert.InRange(
                Stopwatch.GetElapsedTime(started),
                TimeSpan.Zero,
                TimeSpan.FromSeconds(14)
            );
        }

        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("After"));
        Assert.Equal(["Before", "After"], (await phone.ThreadAsync()).Select(m => m.Text));
        Assert.Equal(2, (await phone.RowAsync()).Unread);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_written_to_again_once_there_is_room()
    {
        var phone = await walk.SceneAsync();
        await phone.TextsAsync("Before");
        // What is indexed a moment later is not what is to meet the full disk.
        await Eventually.IsTrueAsync(
            async () => await phone.App.Get<SearchIndex>().WaitingAsync(1, Cancellation) == 0,
            "everything is indexed"
        );
        // The writer's own connection may not grow the file: it fails in the middle of a statement, as a full disk does.
        await phone
            .App.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    await session.Sql("PRAGMA max_page_count=1").ExecuteNonQueryAsync();
                },
                Cancellation
            );

        var full = await phone.TextsAsync(new string('x', 20_000));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, full);
        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync(new string('x', 20_000)));
        Assert.Equal(2, (await phone.ThreadAsync()).Count);
    }

    [Fact]
    public async Task What_is_refused_only_at_the_commit_was_done_for_nobody()
    {
        var phone = await walk.SceneAsync();
        walk.Told.Clear();

        await Assert.ThrowsAnyAsync<SqliteException>(() =>
            phone
                .App.Get<InboxWriter>()
                .RunAsync(
                    async session =>
                    {
                        // A reference that is looked at when everything else is done.
                        await session
                            .Sql(
                                "CREATE TABLE \"Late\" (\"Id\" INTEGER PRIMARY KEY, \"Of\" INTEGER REFERENCES \"Late\" (\"Id\") DEFERRABLE INITIALLY DEFERRED)"
                            )
                            .ExecuteNonQueryAsync();
                        await session
                            .Sql("INSERT INTO \"Late\" VALUES (1, 2)")
                            .ExecuteNonQueryAsync();
                        session.Publish(new InboxEvent.LineChanged());
                    },
                    Cancellation
                )
        );

        Assert.DoesNotContain(walk.Told, told => told is InboxEvent.LineChanged);
        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("After"));
    }

    [Fact]
    public async Task One_piece_of_work_that_fails_does_not_spoil_those_it_is_written_with()
    {
        var phone = await walk.SceneAsync();
        var writer = phone.App.Get<InboxWriter>();
        var gate = new TaskCompletionSource();
        // While this one is being written the others gather, so that they share a transaction.
        var first = writer.RunAsync(_ => gate.Task, Cancellation);
        var poison = writer.RunAsync(
            _ => throw new InvalidOperationException("poison"),
            Cancellation
        );
        var good = Enumerable.Range(0, 10).Select(n => phone.TextsAsync($"Text {n}")).ToList();
        await Task.WhenAny(good.Append(Task.Delay(100, Cancellation)));
        gate.SetResult();

        await first;
        await Assert.ThrowsAsync<InvalidOperationException>(() => poison);
        Assert.All(await Task.WhenAll(good), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(10, (await phone.RowAsync()).Unread);
    }

    private static string ConnectionString(Scene phone) =>
        phone.App.Get<DatabaseSettings>().ConnectionString;
}

public sealed class FailedWritesOnPostgresTests(PostgresWalk walk)
    : FailedWritesTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>What can't be stored is answered 503, so that the carrier sends it again, and nothing of it stays behind.</summary>
public abstract class FailedWritesTests(Walk walk)
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_that_fails_half_way_leaves_nothing_behind_and_is_taken_when_sent_again()
    {
        var phone = await walk.SceneAsync();
        var uuid = Guid.NewGuid().ToString();
        await RunAsync(phone, "ALTER TABLE \"NumberStandings\" RENAME TO \"Away\"");
        try
        {
            Assert.Equal(
                HttpStatusCode.ServiceUnavailable,
                await phone.TextsAsync("Is Bella ready?", uuid)
            );
        }
        finally
        {
            await RunAsync(phone, "ALTER TABLE \"Away\" RENAME TO \"NumberStandings\"");
        }
        Assert.Null(await phone.OpenRowAsync());
        Assert.Empty(phone.Told);

        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("Is Bella ready?", uuid));
        Assert.Equal(1, (await phone.RowAsync()).Unread);
        Assert.Single(await phone.ThreadAsync());
    }

    [Fact]
    public async Task A_receipt_that_fails_is_refused_too()
    {
        var phone = await walk.SceneAsync();
        await RunAsync(phone, "ALTER TABLE \"ParkedReceipts\" RENAME TO \"Away\"");
        try
        {
            Assert.Equal(
                HttpStatusCode.ServiceUnavailable,
                await phone.ReceiptAsync(Guid.NewGuid().ToString(), "delivered")
            );
        }
        finally
        {
            await RunAsync(phone, "ALTER TABLE \"Away\" RENAME TO \"ParkedReceipts\"");
        }
    }

    private static async Task RunAsync(Scene phone, string sql)
    {
        await using var db = phone.App.Db();
        await db.Database.ExecuteSqlRawAsync(sql, Cancellation);
    }
}
