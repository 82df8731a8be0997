using Clinic.Inbox.Data;
using Microsoft.Data.Sqlite;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// A copy of the database while it is written, by SQLite's own online backup (sqlite.org/backup.html): page by page, of one
/// instant. Not by <c>VACUUM INTO</c>, which may number rows anew, and the search goes by their numbers.
/// </summary>
internal static class SqliteCopy
{
    /// <exception cref="BackupFailedException">There is no such database.</exception>
    public static Task MakeAsync(DatabaseSettings settings, string file) =>
        Task.Run(() => Make(settings, file));

    private static void Make(DatabaseSettings settings, string file)
    {
        if (!File.Exists(settings.SqliteFile))
        {
            throw new BackupFailedException($"There is no database at {settings.SqliteFile}.");
        }
        // Made beforehand, so that nobody else may read it from its first byte on.
        PrivateFolder.Create(file).Dispose();
        using var from = Open(settings.SqliteFile, SqliteOpenMode.ReadWrite);
        Execute(from, $"PRAGMA busy_timeout={SqlitePragmas.PatienceSeconds * 1000}");
        using var to = Open(file, SqliteOpenMode.ReadWrite);
        Execute(to, "PRAGMA synchronous=FULL");
        // One step: nobody who writes makes it begin anew.
        from.BackupDatabase(to);
        // One file, without a log beside it that could be forgotten.
        Execute(to, "PRAGMA journal_mode=DELETE");
    }

    /// <summary>What SQLite finds wrong with a file; empty: nothing.</summary>
    public static Task<IReadOnlyList<string>> ProblemsAsync(string file) =>
        Task.Run<IReadOnlyList<string>>(() =>
        {
            try
            {
                using var db = Open(file, SqliteOpenMode.ReadOnly);
                using var check = db.CreateCommand();
                check.CommandTimeout = 0;
                check.CommandText = "PRAGMA integrity_check(10)";
                var found = new List<string>();
                using (var reader = check.ExecuteReader())
                {
                    while (reader.Read())
                    {
                        found.Add(reader.GetString(0));
                    }
                }
                if (found is ["ok"])
                {
                    found.Clear();
                }
                check.CommandText = "PRAGMA foreign_key_check";
                using var loose = check.ExecuteReader();
                if (loose.Read())
                {
                    found.Add($"a row of {loose.GetString(0)} leads to nothing");
                }
                return found;
            }
            catch (SqliteException failure)
            {
                return [failure.Message];
            }
        });

    /// <summary>Out of the pool: the file is free when it is closed.</summary>
    public static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var db = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
            }.ToString()
        );
        db.Open();
        return db;
    }

    public static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
