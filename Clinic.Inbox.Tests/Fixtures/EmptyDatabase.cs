using Clinic.Inbox.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// A SQLite file as the product makes it at a first start, migrated once and copied for every app that asks: hundreds of
/// them would spend a fifth of their time on the same migration. That it migrates is <c>MigrationTests</c>' matter.
/// </summary>
internal static class EmptyDatabase
{
    private static readonly Lazy<Task<byte[]>> File = new(MakeAsync);

    public static async Task CopyToAsync(string path) =>
        await System.IO.File.WriteAllBytesAsync(path, await File.Value);

    private static async Task<byte[]> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-empty");
        var path = Path.Combine(folder.FullName, "inbox.db");
        await using var services = new ServiceCollection()
            .AddInboxDb(
                new ConfigurationBuilder()
                    .AddInMemoryCollection([new("ConnectionStrings:Inbox", $"Data Source={path}")])
                    .Build()
            )
            .BuildServiceProvider();
        await DatabaseSetup.MigrateAsync(services, default);
        await using (
            var db = services.GetRequiredService<IDbContextFactory<InboxDb>>().CreateDbContext()
        )
        {
            // Whole in its one file.
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)");
            SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        }
        var file = await System.IO.File.ReadAllBytesAsync(path);
        folder.Delete(recursive: true);
        return file;
    }
}
