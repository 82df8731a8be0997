using System.Data.Common;
using System.Net;
using System.Text;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Security;

/// <summary>Who read, sent, exported, changed and deleted; kept whatever happens; without a word of what was texted.</summary>
public abstract class AuditTests(Walk walk)
{
    /// <summary>Words that stand in texts, names of files and searches, and nowhere else.</summary>
    private const string Secret = "Zwiebelkuchen";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Actor Rosa = new("user-1", "Rosa Diaz");

    private static readonly string[] Statements =
    [
        "UPDATE \"Audit\" SET \"ActorName\" = 'Somebody else'",
        "UPDATE \"Audit\" SET \"Detail\" = '' WHERE \"Action\" = 'test.noted'",
        "DELETE FROM \"Audit\"",
        "DELETE FROM \"Audit\" WHERE \"Action\" = 'test.noted'",
    ];

    private static readonly string[] OnSqlite =
    [
        """
            REPLACE INTO "Audit" ("Id", "At", "ActorId", "ActorName", "Action", "Subject", "Detail")
              SELECT "Id", "At", 'x', 'x', "Action", "Subject", 'x' FROM "Audit" WHERE "Action" = 'test.noted'
            """,
        "UPDATE OR REPLACE \"Audit\" SET \"Id\" = (SELECT MIN(\"Id\") FROM \"Audit\")",
    ];

    private static readonly string[] OnPostgres =
    [
        "TRUNCATE TABLE \"Audit\"",
        "SET session_replication_role = replica; DELETE FROM \"Audit\"",
    ];

    [Fact]
    public async Task What_was_noted_is_changed_by_no_statement()
    {
        await walk.StartAsync();
        await NoteAsync("test.noted", "first");
        await NoteAsync("test.noted", "second");
        var before = await AllAsync();

        foreach (
            var sql in Statements.Concat(walk.Kind == DatabaseKind.Sqlite ? OnSqlite : OnPostgres)
        )
        {
            await using var db = walk.App.Db();
            var refused = await Assert.ThrowsAnyAsync<DbException>(() =>
                db.Database.ExecuteSqlRawAsync(sql, Cancellation)
            );
            Assert.True(
                refused.Message.Contains("append-only", StringComparison.Ordinal),
                $"{sql}: {refused.Message}"
            );
        }

        Assert.Equal(before, await AllAsync());
    }

    [Fact]
    public async Task The_app_itself_cannot_change_it_either()
    {
        await walk.StartAsync();
        await NoteAsync("test.noted", "third");
        await using var db = walk.App.Db();
        var entry = await db.Audit.FirstAsync(Cancellation);

        db.Audit.Remove(entry);
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancellation));
        await Assert.ThrowsAnyAsync<DbException>(() =>
            db.Audit.ExecuteDeleteAsync(CancellationToken.None)
        );
        Assert.True(await db.Audit.AsNoTracking().AnyAsync(a => a.Id == entry.Id, Cancellation));
    }

    [Fact]
    public async Task It_is_guarded_anew_at_each_start()
    {
        await walk.StartAsync();
        await using (var db = walk.App.Db())
        {
            await db.Database.ExecuteSqlRawAsync(
                walk.Kind == DatabaseKind.Sqlite
                    ? "DROP TRIGGER \"Audit_Kept\"; DROP TRIGGER \"Audit_Unchanged\""
                    : "DROP TRIGGER audit_append_only ON \"Audit\"",
                Cancellation
            );
        }

        await walk.StopAsync();
        await walk.StartAsync();
        await NoteAsync("test.noted", "fourth");

        await using var after = walk.App.Db();
        await Assert.ThrowsAnyAsync<DbException>(() =>
            after.Audit.ExecuteDeleteAsync(CancellationToken.None)
        );
        await Assert.ThrowsAnyAsync<DbException>(() =>
            after.Database.ExecuteSqlRawAsync(
                "UPDATE \"Audit\" SET \"Detail\" = 'x'",
                CancellationToken.None
            )
        );
    }

    [Fact]
    public async Task It_says_who_read_sent_and_deleted_and_holds_no_text()
    {
        var scene = await walk.SceneAsync();
        var app = walk.App;
        using var desk = await app.UserAsync(name: "Maya Chen");
        using var program = await app.ApiClientAsync(ApiScopes.Read);
        var row = await scene.HearsAsync($"My dog ate the {Secret}");
        var sent = await scene.AnswersAsync($"Keep the {Secret} away from him");

        (
            await desk.Http.GetAsync($"schedule/inbox/{row.Id}?text={Secret}", Cancellation)
        ).Dispose();
        (await desk.Http.GetAsync($"schedule/inbox/{row.Id}", Cancellation)).Dispose();
        await program.GetAsync($"conversations/{row.Id}/messages");
        await program.GetAsync($"conversations?q={Secret}");
        await program.GetAsync($"clients?q={Secret}");
        await app.Get<DeletingConversations>().DeleteAsync(row.Id, Rosa, Cancellation);

        await using var db = app.Db();
        var subject = row.Id.ToString();
        var noted = await db
            .Audit.Where(a => a.Subject == subject || a.Detail == subject)
            .OrderBy(a => a.At)
            .ThenBy(a => a.Id)
            .ToListAsync(Cancellation);
        var read = noted.Where(a => a.Action == "conversation.read").ToList();
        Assert.Equal(2, read.Count);
        Assert.Single(read, a => a.ActorId == desk.User.Id);
        Assert.Single(
            read,
            a => a.ActorId.StartsWith(ApiKeyHandler.ActorPrefix, StringComparison.Ordinal)
        );
        Assert.Contains(
            noted,
            a => a.Action == "message.sent" && a.Subject == sent.ToString() && a.ActorId == Rosa.Id
        );
        Assert.Contains(noted, a => a.Action == "conversation.deleted" && a.ActorId == Rosa.Id);
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "conversation.listed", Cancellation));
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "client.listed", Cancellation));
        Assert.DoesNotContain(
            await db.Audit.ToListAsync(Cancellation),
            a =>
                (a.Action + a.Subject + a.Detail + a.ActorName).Contains(
                    Secret,
                    StringComparison.OrdinalIgnoreCase
                ) || (a.Subject + a.Detail).Contains(scene.Number.Digits, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task It_is_found_by_kind_by_day_and_by_word()
    {
        await walk.StartAsync();
        var app = walk.App;
        var word = Guid.NewGuid().ToString("N");
        foreach (
            var action in (string[])
                [
                    "conversation.read",
                    "message.sent",
                    "statement.exported",
                    "consent.evidenceExported",
                    "conversation.deleted",
                    "conversation.purged",
                    "apikey.revoked",
                    "user.signedIn",
                    "session.ended",
                    "hours.changed",
                    "conversation.closed",
                ]
        )
        {
            await NoteAsync(action, word);
        }
        var log = app.Get<AuditLog>();
        var now = app.Get<TimeProvider>().GetUtcNow();

        Assert.Equal(["conversation.read"], await FoundAsync(AuditKind.Read));
        Assert.Equal(["message.sent"], await FoundAsync(AuditKind.Sent));
        Assert.Equal(
            ["consent.evidenceExported", "statement.exported"],
            await FoundAsync(AuditKind.Exported)
        );
        Assert.Equal(
            ["apikey.revoked", "conversation.deleted", "conversation.purged"],
            await FoundAsync(AuditKind.Deleted)
        );
        Assert.Equal(["session.ended", "user.signedIn"], await FoundAsync(AuditKind.SignIn));
        Assert.Equal(["conversation.closed", "hours.changed"], await FoundAsync(AuditKind.Changed));
        Assert.Equal(11, (await FoundAsync(kind: null)).Count);
        Assert.Empty(await FoundAsync(kind: null, from: now.AddDays(1)));
        Assert.Empty(await FoundAsync(kind: null, before: now.AddDays(-1)));
        Assert.Equal(11, (await FoundAsync(kind: null, now.AddDays(-1), now.AddDays(1))).Count);

        async Task<List<string>> FoundAsync(
            AuditKind? kind,
            DateTimeOffset? from = null,
            DateTimeOffset? before = null
        )
        {
            var page = await log.PageAsync(
                new AuditSearch(word, kind, from, before),
                1,
                Cancellation
            );
            return [.. page.Rows.Select(r => r.Action).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task An_administrator_takes_it_away_and_that_stands_in_it()
    {
        await walk.StartAsync();
        var app = walk.App;
        using var boss = await app.UserAsync(Roles.Administrator);
        var word = Guid.NewGuid().ToString("N");
        await NoteAsync("test.noted", word, "=HYPERLINK(\"https://evil.example\")");

        using var answer = await boss.Http.GetAsync($"settings/audit.csv?q={word}", Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        var lines = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.Contains(word, lines[1]);
        Assert.Contains("'=HYPERLINK", lines[1]);
        await using var db = app.Db();
        Assert.True(
            await db.Audit.AnyAsync(
                a => a.Action == "audit.exported" && a.ActorId == boss.User.Id,
                Cancellation
            )
        );
    }

    [Fact]
    public async Task A_name_with_an_accent_is_found_as_it_is_written()
    {
        await walk.StartAsync();
        var word = Guid.NewGuid().ToString("N");
        await NoteAsync("test.noted", word, by: new Actor("user-2", "\u00c9mile " + word));
        await NoteAsync("test.noted", "more", "Zo\u00cb " + word);
        var log = walk.App.Get<AuditLog>();

        foreach (var typed in (string[])["\u00c9mile " + word, "Zo\u00cb " + word])
        {
            Assert.Single(
                (await log.PageAsync(new AuditSearch(typed), 1, Cancellation)).Rows,
                row => (row.Actor + row.Detail).Contains(typed, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task A_file_that_does_not_hold_all_says_so()
    {
        await walk.StartAsync();
        var word = Guid.NewGuid().ToString("N");
        await NoteAsync("test.noted", word);
        await NoteAsync("test.noted", word);
        var log = walk.App.Get<AuditLog>();

        var (cut, isCut) = await log.AllAsync(new AuditSearch(word), 1, Cancellation);
        var (all, isAll) = await log.AllAsync(new AuditSearch(word), 2, Cancellation);

        Assert.Equal((1, true, 2, false), (cut.Count, isCut, all.Count, isAll));
        Assert.EndsWith(
            ",,Older entries are left out: a file holds 1. Choose days.,,\r\n",
            Encoding.UTF8.GetString(AuditEndpoints.Write(cut, isCut)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "left out",
            Encoding.UTF8.GetString(AuditEndpoints.Write(all, isAll)),
            StringComparison.Ordinal
        );
    }

    private Task NoteAsync(string action, string subject, string detail = "", Actor? by = null) =>
        walk
            .App.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    session.Note(by ?? Rosa, action, subject, detail);
                    await session.Db.SaveChangesAsync();
                },
                Cancellation
            );

    private async Task<List<(string, string, string, string)>> AllAsync()
    {
        await using var db = walk.App.Db();
        var all = await db.Audit.AsNoTracking().OrderBy(a => a.Id).ToListAsync(Cancellation);
        return [.. all.Select(a => (a.Id.ToString(), a.ActorName, a.Action, a.Subject + a.Detail))];
    }
}

public sealed class AuditOnSqliteTests(SqliteWalk walk)
    : AuditTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class AuditOnPostgresTests(PostgresWalk walk)
    : AuditTests(walk),
        IClassFixture<PostgresWalk>;
