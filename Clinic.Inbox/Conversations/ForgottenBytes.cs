using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Makes a deletion true in the files of the database: <c>secure_delete</c> overwrites the pages, and the write-ahead log
/// still holds their old content until it is truncated.
/// </summary>
public sealed partial class ForgottenBytes(
    DatabaseSettings settings,
    IDbContextFactory<InboxDb> databases,
    ILogger<ForgottenBytes> log
)
{
    private const int Attempts = 20;

    /// <summary>
    /// Writes all pages back and truncates the log; waits for whoever reads. When readers never pause it gives up with an
    /// error in the log, and the next hourly cleaning tries again. PostgreSQL cleans up by itself (autovacuum).
    /// </summary>
    public async Task EraseAsync(CancellationToken cancellation)
    {
        if (!settings.IsSqlite)
        {
            return;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await IsTruncatedAsync(db, cancellation))
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50 * attempt), cancellation);
        }
        LogBusy();
    }

    private static async Task<bool> IsTruncatedAsync(InboxDb db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        // The first column is 1 when somebody still read or wrote (sqlite.org/pragma.html#pragma_wal_checkpoint).
        return await command.ExecuteScalarAsync(cancellation) is 0L;
    }

    [LoggerMessage(
        LogLevel.Error,
        "The database's log could not be truncated; deleted texts remain in it for now"
    )]
    private partial void LogBusy();
}
