using System.Diagnostics;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Search;

/// <summary>Brings the index up to what is marked.</summary>
public sealed class SearchIndex(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    private const string Marks = "SELECT 1 FROM \"SearchMarks\" LIMIT {0}";

    private const string New =
        "SELECT 1 FROM \"Messages\" WHERE rowid > (SELECT \"Row\" FROM \"SearchReached\") LIMIT {0}";

    /// <summary>Marks of a kind in one transaction: some milliseconds of the pen.</summary>
    internal const int Batch = 250;

    /// <summary>
    /// Before a search: what was written a moment ago is found, too. A long queue (a burst, an index that is made anew) is left
    /// to the worker, and what stands in it is not found yet.
    /// </summary>
    internal async Task SettleAsync(CancellationToken cancellation)
    {
        if (await WaitingAsync(Batch + 1, cancellation) is > 0 and <= Batch)
        {
            await DrainAsync(Batch, cancellation);
        }
    }

    /// <summary>How much waits to be indexed, of each kind counted up to <paramref name="most"/>.</summary>
    internal async Task<int> WaitingAsync(int most, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Database.SqlQueryRaw<int>(
                db.Database.IsSqlite()
                    ? $"SELECT (SELECT COUNT(*) FROM ({Marks})) + (SELECT COUNT(*) FROM ({New})) AS \"Value\""
                    : $"SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM ({Marks}) AS m",
                most
            )
            .SingleAsync(cancellation);
    }

    /// <summary>Indexes at most <paramref name="most"/> of each kind.</summary>
    /// <returns>How many marks were taken, and whether somebody else waited for the pen at the end.</returns>
    internal Task<(int Taken, bool Busy)> DrainAsync(int most, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var taken = await SearchIndexing.DrainAsync(session, most);
                return (taken, writer.Waiting > 0);
            },
            cancellation
        );
}

/// <summary>
/// Indexes after the commit what was written, so that a text is not received later because it will be searched. The marks
/// stand in a table: a crash loses none. While others wait for the pen it takes no more than a fiftieth of it.
/// </summary>
public sealed partial class SearchWorker(SearchIndex index, Feed feed, ILogger<SearchWorker> log)
    : BackgroundService
{
    /// <summary>A burst is gathered for so long: one piece of index instead of many.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    /// <summary>How often it looks when nobody wakes it: what another node left.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private const int RestsFor = 50;

    private readonly SemaphoreSlim _woken = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = feed.SubscribeToCommits(_ => Wake());
        try
        {
            while (true)
            {
                await IndexAsync(stoppingToken);
                await _woken.WaitAsync(Round, stoppingToken);
                await Task.Delay(Gathering, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The marks stay; the next start goes on.
        }
    }

    private async Task IndexAsync(CancellationToken stopping)
    {
        try
        {
            while (await index.WaitingAsync(1, stopping) > 0)
            {
                var began = Stopwatch.GetTimestamp();
                var (taken, busy) = await index.DrainAsync(SearchIndex.Batch, stopping);
                if (taken < SearchIndex.Batch)
                {
                    return;
                }
                if (busy)
                {
                    await Task.Delay(Stopwatch.GetElapsedTime(began) * RestsFor, stopping);
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The database is away; the marks stay.
            LogNotIndexed(failure);
        }
    }

    private void Wake()
    {
        if (_woken.CurrentCount == 0)
        {
            try
            {
                _woken.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it.
            }
        }
    }

    public override void Dispose()
    {
        _woken.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "What was written could not be indexed for the search yet")]
    private partial void LogNotIndexed(Exception failure);
}

/// <summary>The index of the search.</summary>
public static class SearchSetup
{
    public static IServiceCollection AddSearch(this IServiceCollection services)
    {
        services.AddSingleton<SearchIndex>();
        services.AddHostedService<SearchWorker>();
        return services;
    }
}
