using Microsoft.Data.Sqlite;

namespace Clinic.Inbox.Data;

/// <summary>Tells a database that fails from a piece of work that does.</summary>
internal static class DatabaseFailure
{
    /// <summary>Busy, locked, read-only, I/O, corrupt, full, can't be opened, no database (sqlite.org/rescode.html).</summary>
    private static readonly int[] Codes = [5, 6, 8, 10, 11, 13, 14, 26];

    public static bool Is(Exception failure) =>
        (failure as SqliteException ?? failure.InnerException as SqliteException) is { } sqlite
        && Codes.Contains(sqlite.SqliteErrorCode);
}
