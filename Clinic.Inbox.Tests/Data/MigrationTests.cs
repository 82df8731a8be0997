using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Data;

/// <summary>The database is made and brought up to date at start, on both engines.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inbox-migration");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task An_app_starts_on_an_empty_database_and_again_on_its_own(DatabaseKind kind)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var database = await kind.NewAsync(_folder.FullName);
        string[] applied;
        await using (var first = await InboxApp.StartAsync(settings: database))
        {
            using var answer = await first.ReceiveAsync("14155550134", "Hello");
            await using var db = first.Db();
            applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellation)];
        }

        await using var second = await InboxApp.StartAsync(settings: database);

        await using var again = second.Db();
        Assert.NotEmpty(applied);
        Assert.Equal(applied, await again.Database.GetAppliedMigrationsAsync(cancellation));
        Assert.Equal("Hello", (await again.Conversations.SingleAsync(cancellation)).Preview);
        Assert.Equal(1, await again.ClinicProfiles.CountAsync(cancellation));
    }

    [Fact]
    public void The_migrations_of_both_databases_hold_the_whole_model()
    {
        using var sqlite = new SqliteDesign().CreateDbContext([]);
        using var postgres = new PostgresDesign().CreateDbContext([]);

        Assert.False(sqlite.Database.HasPendingModelChanges());
        Assert.False(postgres.Database.HasPendingModelChanges());
    }

    /// <summary>Entity Framework would make one more without a word: half a second, and memory for good.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Who_writes_and_who_reads_have_one_model(DatabaseKind kind)
    {
        await using var app = await InboxApp.StartAsync(
            settings: await kind.NewAsync(_folder.FullName)
        );
        await using var reader = app.Db();

        await app.Get<InboxWriter>()
            .RunAsync(
                session =>
                {
                    Assert.Same(reader.Model, session.Db.Model);
                    return Task.CompletedTask;
                },
                TestContext.Current.CancellationToken
            );
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
