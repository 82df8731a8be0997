using System.Data.Common;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clinic.Inbox.Data;

/// <summary>One open transaction of <see cref="InboxWriter"/>, and what is to be told after its commit.</summary>
public sealed class WriteSession(
    DbConnection connection,
    DbTransaction transaction,
    IDictionary<string, DbCommand> commands,
    Func<InboxDb> newContext,
    TimeProvider clock
) : IAsyncDisposable
{
    private readonly List<InboxEvent> _changes = [];
    private InboxDb? _db;

    /// <summary>On SQLite; else on PostgreSQL.</summary>
    internal bool IsSqlite => connection is not NpgsqlConnection;

    internal List<InboxEvent> Changes => _changes;

    public bool OutboxWoken { get; private set; }

    /// <summary>Whole microseconds, as the database keeps it: what is told after the commit equals what is read later.</summary>
    public DateTimeOffset Now => Micros.ToInstant(Micros.Of(clock.GetUtcNow()));

    /// <summary>Entity Framework inside this transaction; the caller saves.</summary>
    public InboxDb Db
    {
        get
        {
            if (_db is null)
            {
                _db = newContext();
                _db.Database.UseTransaction(transaction);
            }
            return _db;
        }
    }

    /// <summary>Tells every screen after the commit.</summary>
    public void Publish(InboxEvent change) => _changes.Add(change);

    /// <summary>Wakes the dispatcher after the commit.</summary>
    public void WakeOutbox() => OutboxWoken = true;

    /// <summary>
    /// A hand-written statement for the hot path, prepared once a connection. Parameters are <c>@p0</c>, <c>@p1</c> …
    /// </summary>
    public DbCommand Sql(string text, params ReadOnlySpan<object?> values)
    {
        if (!commands.TryGetValue(text, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = text;
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = "@p" + i;
                command.Parameters.Add(parameter);
            }
            commands.Add(text, command);
        }
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        return command;
    }

    /// <summary>Several hand-written statements without an answer, in order: on PostgreSQL in one round trip.</summary>
    public async Task SqlAsync(IReadOnlyList<(string Text, object?[] Values)> statements)
    {
        if (connection is not NpgsqlConnection postgres)
        {
            foreach (var statement in statements)
            {
                await Sql(statement).ExecuteNonQueryAsync();
            }
            return;
        }
        await using var batch = new NpgsqlBatch(postgres, (NpgsqlTransaction)transaction);
        foreach (var (text, values) in statements)
        {
            var command = new NpgsqlBatchCommand(text);
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(
                    new NpgsqlParameter
                    {
                        ParameterName = "@p" + i,
                        Value = values[i] ?? DBNull.Value,
                    }
                );
            }
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
    }

    private DbCommand Sql((string Text, object?[] Values) statement) =>
        Sql(statement.Text, statement.Values);

    /// <summary>
    /// Holds a row until the commit, so that what is read of it next stays true. SQLite writes one transaction at a time
    /// and needs nothing. <paramref name="table"/> and <paramref name="column"/> are names from code, never input.
    /// </summary>
    public async Task LockAsync(string table, string column, string key)
    {
        if (connection is NpgsqlConnection)
        {
            await Sql($"SELECT 1 FROM \"{table}\" WHERE \"{column}\" = @p0 FOR UPDATE", key)
                .ExecuteScalarAsync();
        }
    }

    /// <summary>
    /// Holds <paramref name="name"/> until the commit against everybody who names the same, whether or not there is a row
    /// to hold. SQLite needs nothing.
    /// </summary>
    public async Task LockNameAsync(string name)
    {
        if (connection is NpgsqlConnection)
        {
            await Sql("SELECT pg_advisory_xact_lock(hashtextextended(@p0, 0))", name)
                .ExecuteNonQueryAsync();
        }
    }

    /// <summary>Writes something that changes nothing, so that the commit needs room on the disk.</summary>
    internal Task TouchAsync() =>
        Sql(IsSqlite ? "PRAGMA user_version = 0" : "SELECT pg_current_xact_id()")
            .ExecuteNonQueryAsync();

    internal async Task EndJobAsync()
    {
        if (_db is not null)
        {
            await _db.DisposeAsync();
            _db = null;
        }
    }

    /// <summary>Makes it durable, with the desk's count of unread texts when a conversation changed.</summary>
    internal async Task CommitAsync()
    {
        await CountAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Undoes what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndJobAsync();
        await transaction.DisposeAsync();
    }

    /// <summary>
    /// When a conversation or a line changed: how many texts are unread now, on lines that have an inbox. PostgreSQL's
    /// transactions run beside others: there it is counted after the commit (<see cref="FreshChanges"/>).
    /// </summary>
    private async Task CountAsync()
    {
        if (connection is NpgsqlConnection || !_changes.Exists(FreshChanges.TouchesCount))
        {
            return;
        }
        var unread = await Sql(FreshChanges.UnreadSql).ExecuteScalarAsync();
        Publish(
            new InboxEvent.CountChanged(
                Convert.ToInt32(unread, System.Globalization.CultureInfo.InvariantCulture)
            )
        );
    }
}

/// <summary>Wakes the dispatcher when something was queued.</summary>
public sealed class OutboxSignal
{
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Wake"/>. Take it before looking into the queue, so that no wake is missed.</summary>
    public Task Next => Volatile.Read(ref _woken).Task;

    /// <summary>Raised when it was this node that queued something: another may be the one that sends it.</summary>
    public event EventHandler? WokenHere;

    public void Wake()
    {
        Ring();
        WokenHere?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Wakes the dispatcher of this node alone.</summary>
    internal void Ring() =>
        Interlocked
            .Exchange(
                ref _woken,
                new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
            )
            .TrySetResult();
}
