using System.Data.Common;
using Clinic.Inbox.Data;
using Clinic.Inbox.Search;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clinic.Inbox.Demo;

/// <summary>
/// Writes many rows fast, beside the app's own writer, while the app does not run: prepared statements in large transactions on
/// SQLite, <c>COPY</c> on PostgreSQL.
/// </summary>
internal sealed class BulkTarget : IAsyncDisposable
{
    private readonly DbConnection _db;
    private readonly int _together;

    private BulkTarget(DbConnection db, int together)
    {
        _db = db;
        _together = together;
    }

    /// <param name="together">Rows in one transaction on SQLite.</param>
    public static async Task<BulkTarget> OpenAsync(
        DatabaseSettings settings,
        int together,
        CancellationToken cancellation
    ) => new(await ConnectAsync(settings, cancellation), together);

    /// <param name="table">Names from code, never input.</param>
    /// <param name="columns">As <paramref name="table"/>.</param>
    public async Task FillAsync(string table, string[] columns, IEnumerable<object?[]> rows)
    {
        var names = string.Join(", ", columns.Select(c => $"\"{c}\""));
        if (_db is NpgsqlConnection postgres)
        {
            await using var copy = await postgres.BeginBinaryImportAsync(
                $"COPY \"{table}\" ({names}) FROM STDIN (FORMAT BINARY)"
            );
            copy.Timeout = TimeSpan.Zero;
            foreach (var row in rows)
            {
                await copy.StartRowAsync();
                foreach (var value in row)
                {
                    await (
                        value switch
                        {
                            null => copy.WriteNullAsync(),
                            string text => copy.WriteAsync(text),
                            long number => copy.WriteAsync(number),
                            int number => copy.WriteAsync(number),
                            bool yes => copy.WriteAsync(yes),
                            _ => throw new InvalidOperationException(
                                $"{value.GetType()} is not written."
                            ),
                        }
                    );
                }
            }
            await copy.CompleteAsync();
            return;
        }
        await using var insert = _db.CreateCommand();
        insert.CommandText =
            $"INSERT INTO \"{table}\" ({names}) VALUES ({string.Join(", ", columns.Select((_, i) => "@p" + i))})";
        foreach (var (i, _) in columns.Index())
        {
            var parameter = insert.CreateParameter();
            parameter.ParameterName = "@p" + i;
            insert.Parameters.Add(parameter);
        }
        foreach (var some in rows.Chunk(_together))
        {
            await using var transaction = await _db.BeginTransactionAsync();
            insert.Transaction = transaction;
            foreach (var row in some)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    insert.Parameters[i].Value = row[i] ?? DBNull.Value;
                }
                await insert.ExecuteNonQueryAsync();
            }
            await transaction.CommitAsync();
        }
    }

    /// <summary>Writes back what stands in SQLite's log.</summary>
    public async Task EndAsync()
    {
        if (_db is SqliteConnection)
        {
            await using var command = _db.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Indexes at most <paramref name="most"/> marks of each kind. Returns how many were taken.</summary>
    public static async Task<int> IndexAsync(
        DatabaseSettings settings,
        TimeProvider clock,
        int most,
        CancellationToken cancellation
    )
    {
        await using var db = await ConnectAsync(settings, cancellation);
        await using var session = new WriteSession(
            db,
            await db.BeginTransactionAsync(cancellation),
            new Dictionary<string, DbCommand>(StringComparer.Ordinal),
            () => throw new NotSupportedException("The index is written by hand."),
            clock
        );
        var taken = await SearchIndexing.DrainAsync(session, most);
        await session.CommitAsync();
        return taken;
    }

    private static async Task<DbConnection> ConnectAsync(
        DatabaseSettings settings,
        CancellationToken cancellation
    )
    {
        DbConnection db = settings.IsSqlite
            ? new SqliteConnection(settings.ConnectionString)
            : new NpgsqlConnection(settings.ConnectionString);
        await db.OpenAsync(cancellation);
        if (settings.IsSqlite)
        {
            SqlitePragmas.Apply(db);
            // Else every large transaction is written and read back many times over.
            await using var command = db.CreateCommand();
            command.CommandText = "PRAGMA cache_size=-400000";
            await command.ExecuteNonQueryAsync(cancellation);
        }
        return db;
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();
}
