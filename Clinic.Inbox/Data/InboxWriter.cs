using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Clinic.Inbox.Live;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clinic.Inbox.Data;

/// <summary>
/// The one pen. Every change to a conversation goes through it. On SQLite whatever waits is written in one transaction,
/// so that one flush to the disk serves many (a lone durable commit takes about half a millisecond); on PostgreSQL each
/// piece of work has its own transaction, in parallel, but for what comes in bursts (<see cref="StoreAsync"/>). What a piece
/// of work publishes is told to the screens after its commit, and its task completes after that.
/// </summary>
public sealed partial class InboxWriter(
    DatabaseSettings settings,
    Feed feed,
    OutboxSignal outbox,
    WriterMetrics metrics,
    DatabaseTrouble trouble,
    TimeProvider clock,
    ILogger<InboxWriter> log
) : BackgroundService
{
    /// <summary>Most pieces of work in one transaction.</summary>
    private const int LargestBatch = 256;

    /// <summary>The same on PostgreSQL: its other clients wait for the rows of an open transaction.</summary>
    private const int LargestPostgresBatch = 16;

    /// <summary>How many such transactions of this node run beside each other.</summary>
    private const int PostgresPens = 8;

    /// <summary>How often a piece of work that lost a race is run on PostgreSQL.</summary>
    private const int MostRaces = 8;

    /// <summary>How often it is tried whether the database can be written again.</summary>
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(3);

    private readonly OrderedTelling _telling = new(settings, feed, log);

    private readonly Channel<Job> _waiting = Channel.CreateBounded<Job>(
        new BoundedChannelOptions(20_000) { SingleReader = settings.IsSqlite }
    );

    /// <summary>Pieces of work that wait for a pen.</summary>
    internal int Waiting => _waiting.Reader.Count;

    /// <summary>
    /// Runs <paramref name="work"/> inside a transaction and returns its result once that is durable. Work may run twice
    /// (when another piece in its batch failed), so it touches nothing but its session.
    /// </summary>
    public async Task<T> RunAsync<T>(
        Func<WriteSession, Task<T>> work,
        CancellationToken cancellation
    )
    {
        if (!settings.IsSqlite)
        {
            return await RunAloneOnPostgresAsync(work, cancellation);
        }
        var job = new Job<T>(work);
        await _waiting.Writer.WriteAsync(job, cancellation);
        return await job.Completion;
    }

    /// <summary>
    /// As <see cref="RunAsync{T}"/>, for what comes in bursts and is independent: on PostgreSQL, too, what waits shares a
    /// commit. There it returns at the commit and the screens are told right after it: the carrier waits for its answer, and
    /// nobody for what it shows.
    /// </summary>
    /// <param name="subject">
    /// Whose rows it writes, a phone number: what shares a commit goes in this order, so that two commits never wait for each
    /// other.
    /// </param>
    public async Task<T> StoreAsync<T>(
        string subject,
        Func<WriteSession, Task<T>> work,
        CancellationToken cancellation
    )
    {
        if (settings.IsSqlite)
        {
            return await RunAsync(work, cancellation);
        }
        var job = new Job<T>(work) { Subject = subject };
        await _waiting.Writer.WriteAsync(job, cancellation);
        return await job.Completion;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<WriteSession, Task> work, CancellationToken cancellation) =>
        RunAsync<object?>(
            async session =>
            {
                await work(session);
                return null;
            },
            cancellation
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Stopping drains: whatever was handed in is still written.
        await using var stopping = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        var probing = ProbeAsync(stoppingToken);
        if (settings.IsSqlite)
        {
            await Task.Run(WriteUntilCompletedAsync, CancellationToken.None);
        }
        else
        {
            await Task.WhenAll(
                Enumerable.Range(0, PostgresPens).Select(_ => Task.Run(StoreUntilCompletedAsync))
            );
        }
        await probing;
    }

    /// <summary>
    /// While the database is in trouble a row is touched now and then: only a write tells that it is over, and perhaps nobody
    /// dares to make one.
    /// </summary>
    private async Task ProbeAsync(CancellationToken stopping)
    {
        using var round = new PeriodicTimer(Probe);
        try
        {
            while (await round.WaitForNextTickAsync(stopping))
            {
                if (trouble.Words is not null)
                {
                    await TryToWriteAsync(stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    private async Task TryToWriteAsync(CancellationToken stopping)
    {
        try
        {
            await RunAsync(session => session.TouchAsync(), stopping);
            trouble.Ended();
        }
        catch (Exception failure)
        {
            LogStillBroken(failure.GetType().Name);
        }
    }

    private async Task WriteUntilCompletedAsync()
    {
        var batch = new List<Job>(LargestBatch);
        Connection? connection = null;
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestBatch && _waiting.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }
            try
            {
                connection ??= await OpenSqliteAsync();
                await WriteAsync(connection, batch);
            }
            catch (Exception failure)
            {
                // The database itself fails (locked, full, gone): everybody is told at once, for the carrier waits 15 s
                // and no longer, and the next batch gets a new connection.
                LogBroken(failure);
                trouble.Began(failure);
                batch.ForEach(job => job.Fail(failure));
                connection?.Dispose();
                connection = null;
            }
            batch.Clear();
        }
        connection?.Dispose();
    }

    /// <summary>One of several beside each other on PostgreSQL: what waits shares a commit.</summary>
    private async Task StoreUntilCompletedAsync()
    {
        var batch = new List<Job>(LargestPostgresBatch);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestPostgresBatch && _waiting.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }
            if (batch.Count > 0)
            {
                batch = [.. batch.OrderBy(job => job.Subject, StringComparer.Ordinal)];
                await StoreOnPostgresAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task StoreOnPostgresAsync(List<Job> batch)
    {
        try
        {
            var done = await TransactOnPostgresAsync(batch, CancellationToken.None);
            if (done.Failure is null)
            {
                _ = _telling.TellOrCatchUpAsync(done.Changes);
                Finish(done, batch);
                return;
            }
            if (DatabaseFailure.IsOfPostgres(done.Failure))
            {
                FailAll(done.Failure);
                return;
            }
            if (batch.Count > 1)
            {
                LogRetryAlone(done.Failure, batch.Count);
            }
        }
        catch (Exception failure)
        {
            FailAll(failure);
            return;
        }
        foreach (var job in batch)
        {
            await StoreAloneOnPostgresAsync(job);
        }

        // The database itself fails: everybody is told at once, for the carrier waits 15 s and no longer.
        void FailAll(Exception failure)
        {
            LogBroken(failure);
            batch.ForEach(job => job.Fail(failure));
        }
    }

    /// <summary>One of them spoilt the transaction, or lost a race. Alone, each fails or succeeds for itself.</summary>
    private async Task StoreAloneOnPostgresAsync(Job job)
    {
        try
        {
            var done = await TransactUntilWonAsync(job, CancellationToken.None);
            _ = _telling.TellOrCatchUpAsync(done.Changes);
            Finish(done, [job]);
        }
        catch (Exception failure)
        {
            job.Fail(failure);
        }
    }

    private async Task WriteAsync(Connection connection, List<Job> batch)
    {
        if (await CommitAsync(connection, batch) is not { } failure)
        {
            return;
        }
        if (batch is [var only])
        {
            only.Fail(failure);
            return;
        }
        // One of them spoilt the transaction. Alone, each fails or succeeds for itself.
        LogRetryAlone(failure, batch.Count);
        foreach (var job in batch)
        {
            if (await CommitAsync(connection, [job]) is { } own)
            {
                job.Fail(own);
            }
        }
    }

    /// <summary>Runs the jobs in one transaction and tells what they changed. Returns the failure of one of them.</summary>
    private async Task<Exception?> CommitAsync(Connection connection, List<Job> jobs)
    {
        var done = await TransactAsync(connection, jobs);
        if (done.Failure is null)
        {
            feed.Publish(done.Changes);
            Finish(done, jobs);
        }
        return done.Failure;
    }

    /// <summary>
    /// Runs the jobs in one transaction. After the failure of one of them nothing is written; throws when it is the database
    /// that fails.
    /// </summary>
    private async Task<Outcome> TransactAsync(Connection connection, List<Job> jobs)
    {
        var began = Stopwatch.GetTimestamp();
        await using var session = await connection.BeginAsync(clock);
        try
        {
            foreach (var job in jobs)
            {
                await job.RunAsync(session);
                await session.EndJobAsync();
            }
        }
        catch (Exception failure) when (!DatabaseFailure.Is(failure))
        {
            return new Outcome(failure, [], OutboxWoken: false);
        }
        await session.CommitAsync();
        metrics.Committed(jobs.Count, Stopwatch.GetElapsedTime(began));
        return new Outcome(null, session.Changes, session.OutboxWoken);
    }

    /// <summary>What was written is told: whoever waits goes on.</summary>
    private void Finish(Outcome done, List<Job> jobs)
    {
        if (done.OutboxWoken)
        {
            outbox.Wake();
        }
        jobs.ForEach(job => job.Complete());
    }

    public override void Dispose()
    {
        _telling.Dispose();
        base.Dispose();
    }

    /// <summary>Tells the screens of this node what another one committed: see <see cref="OrderedTelling"/>.</summary>
    internal Task TellOfOthersAsync(
        IReadOnlyList<FeedMark> changes,
        CancellationToken cancellation
    ) => _telling.TellOfOthersAsync(changes).WaitAsync(cancellation);

    private async Task<T> RunAloneOnPostgresAsync<T>(
        Func<WriteSession, Task<T>> work,
        CancellationToken cancellation
    )
    {
        var job = new Job<T>(work);
        var done = await TransactUntilWonAsync(job, cancellation);
        await _telling.TellOrCatchUpAsync(done.Changes);
        Finish(done, [job]);
        return await job.Completion;
    }

    /// <summary>Runs a job in a transaction of its own, again when it lost a race. Throws its failure.</summary>
    private async Task<Outcome> TransactUntilWonAsync(Job job, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var done = await TransactOnPostgresAsync([job], cancellation);
            if (done.Failure is not { } failure)
            {
                return done;
            }
            if (attempt >= MostRaces || !IsRace(failure))
            {
                ExceptionDispatchInfo.Throw(failure);
            }
            // Somebody else wrote the same row first; now it is there to be seen.
        }
    }

    /// <summary>The connection is given back before the screens are told: who tells them needs one too.</summary>
    private async Task<Outcome> TransactOnPostgresAsync(
        List<Job> jobs,
        CancellationToken cancellation
    )
    {
        try
        {
            await using var db = new NpgsqlConnection(settings.ConnectionString);
            await db.OpenAsync(cancellation);
            using var connection = Connection.ToPostgres(db);
            var done = await TransactAsync(connection, jobs);
            if (done.Failure is { } failure && DatabaseFailure.IsOfPostgres(failure))
            {
                trouble.Began(failure);
            }
            return done;
        }
        catch (Exception failure) when (DatabaseFailure.IsOfPostgres(failure))
        {
            trouble.Began(failure);
            throw;
        }
    }

    private static bool IsRace(Exception failure) =>
        (failure as PostgresException ?? failure.InnerException as PostgresException)?.SqlState
            is PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected;

    private async Task<Connection> OpenSqliteAsync()
    {
        // Out of the pool: what broke it would come back with it.
        var unpooled = new SqliteConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            DefaultTimeout = SqlitePragmas.PatienceSeconds,
        };
        var db = new SqliteConnection(unpooled.ToString());
        await db.OpenAsync();
        SqlitePragmas.Apply(db);
        return Connection.ToSqlite(db);
    }

    [LoggerMessage(LogLevel.Error, "The database could not be written")]
    private partial void LogBroken(Exception failure);

    [LoggerMessage(LogLevel.Warning, "The database still can't be written: {Exception}")]
    private partial void LogStillBroken(string exception);

    [LoggerMessage(LogLevel.Warning, "One of {Count} pieces of work failed; writing each alone")]
    private partial void LogRetryAlone(Exception failure, int count);

    /// <summary>A connection with its prepared statements.</summary>
    private sealed record Connection(
        DbConnection Db,
        Dictionary<string, DbCommand> Commands,
        Func<InboxDb> NewContext
    ) : IDisposable
    {
        public static Connection ToSqlite(SqliteConnection db)
        {
            var options = DatabaseSetup.Options<SqliteInboxDb>().UseSqlite(db).Options;
            return new Connection(
                db,
                new Dictionary<string, DbCommand>(StringComparer.Ordinal),
                () => new SqliteInboxDb(options)
            );
        }

        public static Connection ToPostgres(NpgsqlConnection db)
        {
            var options = DatabaseSetup.Options<PostgresInboxDb>().UseNpgsql(db).Options;
            return new Connection(
                db,
                new Dictionary<string, DbCommand>(StringComparer.Ordinal),
                () => new PostgresInboxDb(options)
            );
        }

        public async Task<WriteSession> BeginAsync(TimeProvider clock) =>
            new(Db, await Db.BeginTransactionAsync(), Commands, NewContext, clock);

        public void Dispose()
        {
            foreach (var command in Commands.Values)
            {
                command.Dispose();
            }
            Db.Dispose();
        }
    }

    /// <summary>What a transaction came to.</summary>
    /// <param name="Failure">Of one of its jobs; then nothing was written.</param>
    private sealed record Outcome(Exception? Failure, List<InboxEvent> Changes, bool OutboxWoken);

    private abstract class Job
    {
        /// <summary>See <see cref="StoreAsync"/>.</summary>
        public string Subject { get; init; } = "";

        public abstract Task RunAsync(WriteSession session);
        public abstract void Complete();
        public abstract void Fail(Exception failure);
    }

    private sealed class Job<T>(Func<WriteSession, Task<T>> work) : Job
    {
        private readonly TaskCompletionSource<T> _done = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private T? _result;

        public Task<T> Completion => _done.Task;

        public override async Task RunAsync(WriteSession session) => _result = await work(session);

        public override void Complete() => _done.TrySetResult(_result!);

        public override void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
