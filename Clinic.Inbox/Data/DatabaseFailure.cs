using Microsoft.Data.Sqlite;
using Npgsql;

namespace Clinic.Inbox.Data;

/// <summary>Tells a database that fails from a piece of work that does.</summary>
internal static class DatabaseFailure
{
    /// <summary>Busy, locked, read-only, I/O, corrupt, full, can't be opened, no database (sqlite.org/rescode.html).</summary>
    private static readonly int[] Codes = [5, 6, 8, 10, 11, 13, 14, 26];

    public static bool Is(Exception failure) =>
        (failure as SqliteException ?? failure.InnerException as SqliteException) is { } sqlite
        && Codes.Contains(sqlite.SqliteErrorCode);

    /// <summary>
    /// PostgreSQL can't be reached, stops, is only read from, or has no room (classes 08, 53, 57P and 58, and 25006; appendix A of
    /// its manual).
    /// </summary>
    public static bool IsOfPostgres(Exception failure) =>
        failure switch
        {
            PostgresException { SqlState: var state } => state == "25006"
                || state.StartsWith("08", StringComparison.Ordinal)
                || state.StartsWith("53", StringComparison.Ordinal)
                || state.StartsWith("57P", StringComparison.Ordinal)
                || state.StartsWith("58", StringComparison.Ordinal),
            NpgsqlException => true,
            // Entity Framework wraps it, once or twice.
            { InnerException: { } inner } => IsOfPostgres(inner),
            _ => false,
        };

    /// <summary>The disk of the database is full.</summary>
    public static bool IsFullDisk(Exception failure) =>
        failure switch
        {
            SqliteException { SqliteErrorCode: 13 } => true,
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
            { InnerException: { } inner } => IsFullDisk(inner),
            _ => false,
        };
}
