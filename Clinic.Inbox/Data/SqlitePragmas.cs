using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Clinic.Inbox.Data;

/// <summary>
/// What every SQLite connection is told: each commit is on the disk before it is answered (<c>synchronous=FULL</c>), what
/// is deleted is overwritten (<c>secure_delete</c>), and a writer waits for its turn instead of failing. Said again each
/// time one is taken from the pool, since whoever had it before may have said otherwise.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    /// <summary>How long a writer waits for its turn: well within the 15 s that the carrier waits for an answer.</summary>
    public const int PatienceSeconds = 5;

    public const string Sql =
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;";

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Sql;
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(
        DbConnection connection,
        ConnectionEndEventData eventData
    ) => Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Apply(connection);
        return Task.CompletedTask;
    }
}
