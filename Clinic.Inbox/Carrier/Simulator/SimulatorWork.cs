using System.Threading.Channels;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Owns what the carrier does after it has answered: receipts, deliveries, callbacks sent again.</summary>
public sealed partial class SimulatorWork(ILogger<SimulatorWork> log) : BackgroundService
{
    /// <summary>Pieces of work at once; beyond that the carrier throttles.</summary>
    private const int MostUnderWay = 5_000;

    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateUnbounded<
        Func<CancellationToken, Task>
    >(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Task> _underWay = [];
    private int _count;

    /// <summary>Does <paramref name="work"/> soon, until the app stops; false when too much is under way.</summary>
    public bool TryStart(Func<CancellationToken, Task> work)
    {
        if (Interlocked.Increment(ref _count) > MostUnderWay || !_work.Writer.TryWrite(work))
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lookAgainAt = 64;
        try
        {
            await foreach (var work in _work.Reader.ReadAllAsync(stoppingToken))
            {
                _underWay.Add(RunAsync(work, stoppingToken));
                if (_underWay.Count >= lookAgainAt)
                {
                    _underWay.RemoveAll(task => task.IsCompleted);
                    lookAgainAt = Math.Max(64, _underWay.Count * 2);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops, and the network with it.
        }
        await Task.WhenAll(_underWay);
    }

    private async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            // Leaves the reader's loop at once, whatever the work does first.
            await Task.Yield();
            await work(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The app stops.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    [LoggerMessage(LogLevel.Error, "The simulated carrier lost a piece of work")]
    private partial void LogFailed(Exception failure);
}
