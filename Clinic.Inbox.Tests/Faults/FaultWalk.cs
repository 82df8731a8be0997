using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>A walk whose carrier, database and files are known to processes that come and go.</summary>
public sealed class FaultWalk(DatabaseKind kind, params (string Key, string Value)[] more)
    : Walk(kind)
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("inbox-faults");

    /// <summary>The database as it is, whether an app runs on it or not.</summary>
    internal InboxDb Look()
    {
        var connection = Settings!.Last(s => s.Key == "ConnectionStrings:Inbox").Value;
        if (Settings!.Last(s => s.Key == "Database:Provider").Value == "Postgres")
        {
            return new PostgresInboxDb(
                new DbContextOptionsBuilder<PostgresInboxDb>()
                    // Out of the pool: one of before a crash would be of no use.
                    .UseNpgsql(connection + ";Pooling=false")
                    .Options
            );
        }
        var sqlite = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(sqlite, connection);
        return new SqliteInboxDb(sqlite.Options);
    }

    /// <summary>Where files lie.</summary>
    internal string Files => _files.FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _files.Delete(recursive: true);
    }

    protected override Task<(string Key, string Value)[]> MoreSettingsAsync() =>
        Task.FromResult<(string Key, string Value)[]>([
            ("Vonage:SignatureSecret", CarrierHost.Secret),
            ("Storage:Path", Files),
            .. more,
        ]);
}
