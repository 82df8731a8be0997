using System.Data;
using System.Globalization;
using Clinic.Inbox.Data;
using Npgsql;

namespace Clinic.Inbox.Keeping;

/// <summary>The database on PostgreSQL as one file, by PostgreSQL's own programs, and back.</summary>
internal sealed class PostgresCopy(DatabaseSettings database, BackupSettings settings)
{
    /// <summary>Our tables that the model does not name.</summary>
    private static readonly string[] BesideTheModel =
    [
        "__EFMigrationsHistory",
        "SearchMarks",
        "SearchNames",
        "SearchTexts",
    ];

    private readonly NpgsqlConnectionStringBuilder _server = new(database.ConnectionString)
    {
        Pooling = false,
        CommandTimeout = 0,
    };

    /// <summary>Writes the dump, and reads in the same look at the database which files belong to it.</summary>
    public async Task<(List<StoredFileRow> Files, string Migration)> MakeAsync(
        string file,
        CancellationToken cancellation
    )
    {
        await using var connection = await OpenAsync(cancellation);
        await using var look = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellation
        );
        var files = await StoredFileRow.ReadAsync(connection, look, cancellation);
        var migration = await StoredFileRow.MigrationAsync(connection, look, cancellation);
        var snapshot = await AskAsync(connection, look, "SELECT pg_export_snapshot()");
        var schema = await AskAsync(connection, look, "SELECT current_schema()");
        // Made beforehand, so that nobody else may read it from its first byte on.
        await PrivateFolder.Create(file).DisposeAsync();
        await PostgresTools.RunAsync(
            "pg_dump",
            settings,
            _server,
            [
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                $"--schema=\"{schema}\"",
                "--snapshot=" + snapshot,
                // What nodes that are gone had in hand: the schedule and who sends make themselves anew.
                "--exclude-table-data=*.qrtz_*",
                "--exclude-table-data=*.\"LineLeases\"",
                "--file=" + file,
            ],
            cancellation
        );
        return (files, migration);
    }

    /// <summary>Reads the dump from end to end.</summary>
    /// <exception cref="BackupFailedException">It can't be read.</exception>
    public Task CheckAsync(string file, CancellationToken cancellation) =>
        PostgresTools.RunAsync(
            "pg_restore",
            settings,
            _server,
            ["--file=" + (OperatingSystem.IsWindows() ? "NUL" : "/dev/null"), file],
            cancellation
        );

    /// <summary>Whether there is a clinic in the configured database.</summary>
    public async Task<bool> IsFullAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return await AskAsync(
                connection,
                null,
                "SELECT COALESCE(to_regclass('\"Messages\"')::text, '')"
            ) != "";
    }

    /// <exception cref="BackupFailedException">Somebody else is connected to the database.</exception>
    public async Task RefuseCompanyAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var others = await AskAsync(
            connection,
            null,
            "SELECT COUNT(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        );
        if (others != "0")
        {
            throw new BackupFailedException(
                $"{others} others are connected to the database. Stop the app on every node first."
            );
        }
    }

    /// <summary>The whole schema is put aside: nobody else's tables may be in it.</summary>
    /// <param name="ours">Tables that are the app's beside those of the schedule and the search; null: that is not known.</param>
    /// <exception cref="BackupFailedException">Somebody else has tables or an extension in it.</exception>
    public async Task RefuseStrangersAsync(
        IReadOnlyList<string>? ours,
        CancellationToken cancellation
    )
    {
        await using var connection = await OpenAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT string_agg(s.found, ', ' ORDER BY s.found) FROM (
              SELECT c.relname::text AS found
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                AND @known AND c.relname::text <> ALL (@ours) AND NOT starts_with(c.relname::text, 'qrtz_')
                AND NOT EXISTS (SELECT 1 FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
              UNION ALL
              SELECT 'extension ' || e.extname
              FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
              WHERE n.nspname = current_schema()) s
            """;
        command.Parameters.AddWithValue("known", ours is not null);
        command.Parameters.AddWithValue("ours", BesideTheModel.Concat(ours ?? []).ToArray());
        if (await command.ExecuteScalarAsync(cancellation) is string strangers)
        {
            throw new BackupFailedException(
                $"The schema holds what is not the app's: {strangers}. It would be put aside with the clinic's tables. Restore into a database of the clinic's own, or move that into another schema first (ALTER TABLE … SET SCHEMA, ALTER EXTENSION … SET SCHEMA)."
            );
        }
    }

    /// <summary>Puts the dump in the place of what is there, which is kept under another name.</summary>
    /// <returns>The schema in which the former tables lie now.</returns>
    public async Task<string> RestoreAsync(
        string file,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var connection = await OpenAsync(cancellation);
        var schema = await AskAsync(connection, null, "SELECT current_schema()");
        var former =
            $"{schema}_before_{now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}";
        await AskAsync(
            connection,
            null,
            $"ALTER SCHEMA \"{schema}\" RENAME TO \"{former}\"; CREATE SCHEMA \"{schema}\""
        );
        try
        {
            await PostgresTools.RunAsync(
                "pg_restore",
                settings,
                _server,
                [
                    "--no-owner",
                    "--no-privileges",
                    "--exit-on-error",
                    "--single-transaction",
                    "--schema=" + schema,
                    "--dbname=" + _server.Database,
                    file,
                ],
                cancellation
            );
        }
        catch
        {
            await BackAsync(former, CancellationToken.None);
            throw;
        }
        return former;
    }

    /// <summary>Undoes <see cref="RestoreAsync"/>.</summary>
    public async Task BackAsync(string former, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var schema = former[..former.LastIndexOf("_before_", StringComparison.Ordinal)];
        await AskAsync(
            connection,
            null,
            $"DROP SCHEMA \"{schema}\" CASCADE; ALTER SCHEMA \"{former}\" RENAME TO \"{schema}\""
        );
    }

    /// <summary>Removes what <see cref="RestoreAsync"/> kept where there was no clinic. False: something is in it, and it stays.</summary>
    public async Task<bool> TryDropAsync(string former, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await OpenAsync(cancellation);
            await AskAsync(connection, null, $"DROP SCHEMA \"{former}\"");
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or BackupFailedException)
        {
            // 2BP01, dependent objects still exist; or it may not be dropped. The clinic is restored all the same.
            return false;
        }
    }

    /// <exception cref="BackupFailedException">The server can't be reached.</exception>
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(_server.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw new BackupFailedException(
                $"The database on {_server.Host} can't be reached: {failure.Message}",
                failure
            );
        }
    }

    private static async Task<string> AskAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? look,
        string sql
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = look;
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() as string ?? "";
    }
}
