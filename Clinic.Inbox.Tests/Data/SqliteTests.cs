using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Data;

/// <summary>What makes a SQLite file safe to keep a clinic's texts in.</summary>
public sealed class SqliteTests
{
    private static readonly (string Pragma, string Expected)[] Promises =
    [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("busy_timeout", "5000"),
    ];

    [Fact]
    public async Task Every_connection_keeps_its_promises_even_out_of_the_pool()
    {
        await using var app = await InboxApp.StartAsync();
        await using (var careless = app.Db())
        {
            await careless.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await careless.Database.ExecuteSqlRawAsync(
                "PRAGMA synchronous=OFF; PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF; PRAGMA busy_timeout=1;",
                TestContext.Current.CancellationToken
            );
        }

        for (var i = 0; i < 5; i++)
        {
            await using var db = app.Db();
            foreach (var (pragma, expected) in Promises)
            {
                Assert.Equal(expected, await ReadAsync(db, pragma));
            }
        }
    }

    [Fact]
    public async Task The_writers_own_connection_keeps_them_too()
    {
        await using var app = await InboxApp.StartAsync();

        await app.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    foreach (var (pragma, expected) in Promises)
                    {
                        var value = await session.Sql("PRAGMA " + pragma).ExecuteScalarAsync();
                        Assert.Equal(expected, value?.ToString());
                    }
                },
                TestContext.Current.CancellationToken
            );
    }

    private static async Task<string?> ReadAsync(InboxDb db, string pragma)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
