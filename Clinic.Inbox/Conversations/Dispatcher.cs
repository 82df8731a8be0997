using System.Collections.Concurrent;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Empties the outbox: one <see cref="LineSender"/> a line, each at its line's own pace. A line that waits (throttled, no
/// credit, carrier out of reach) holds nobody else up.
/// </summary>
public sealed partial class Dispatcher(
    IDbContextFactory<InboxDb> databases,
    OutboxSignal signal,
    Sending sending,
    TimeProvider clock,
    ILogger<Dispatcher> log
) : BackgroundService
{
    /// <summary>How often the queue is looked at when nobody rings: texts due later, and unconfirmed ones.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Id<Line>, Task> _lines = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before looking, so that what is queued meanwhile is seen in the next round at once.
            var rung = signal.Next;
            try
            {
                await sending.MarkAbandonedAsync(stoppingToken);
                foreach (var line in await LinesWithWorkAsync(stoppingToken))
                {
                    StartUnlessRunning(line, stoppingToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogRound(failure);
            }
            await Task.WhenAny(rung, Task.Delay(Round, stoppingToken));
        }
        await Task.WhenAll(_lines.Values);
    }

    private async Task<List<Id<Line>>> LinesWithWorkAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Messages.Where(m => m.State == MessageState.Queued)
            .Select(m => m.LineId)
            .Distinct()
            .ToListAsync(cancellation);
    }

    private void StartUnlessRunning(Id<Line> line, CancellationToken cancellation)
    {
        if (_lines.TryGetValue(line, out var running) && !running.IsCompleted)
        {
            return;
        }
        _lines[line] = new LineSender(line, sending, signal, clock, log).EmptyAsync(cancellation);
    }

    [LoggerMessage(LogLevel.Error, "The outbox could not be read; trying again")]
    private partial void LogRound(Exception failure);
}
