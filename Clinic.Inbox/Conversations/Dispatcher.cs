using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Empties the outbox: one <see cref="LineSender"/> a line, each at its line's own pace. A line that waits (throttled, no
/// credit, carrier out of reach) holds nobody else up. Of several nodes one sends for a line (<see cref="LineLeases"/>).
/// </summary>
public sealed partial class Dispatcher(
    IDbContextFactory<InboxDb> databases,
    OutboxSignal signal,
    Sending sending,
    LineLeases leases,
    TimeProvider clock,
    ILogger<Dispatcher> log
) : BackgroundService
{
    /// <summary>How often it looks for new lines and for abandoned texts when nobody rings.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Id<Line>, Task> _lines = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? lookedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before looking, so that a line that is new and rings at once is seen.
            var rung = signal.Next;
            try
            {
                if (lookedAt is null || clock.GetElapsedTime(lookedAt.Value) >= Round)
                {
                    // Before the lines start: what a crash cut off must not be taken for what they send.
                    await sending.MarkAbandonedAsync(stoppingToken);
                    lookedAt = clock.GetTimestamp();
                }
                await StartLinesAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogRound(failure);
                await Task.WhenAny(Task.Delay(Round, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.WhenAny(rung, Task.Delay(LineLeases.Renewal, stoppingToken));
        }
        await Task.WhenAll(_lines.Values);
        await ReleaseAsync();
    }

    /// <summary>What was under way has its answer recorded: the lines are free for others.</summary>
    private async Task ReleaseAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(LineLeases.Renewal);
            await leases.ReleaseAsync(patience.Token);
        }
        catch (Exception failure)
        {
            // They end by themselves.
            LogNotReleased(failure);
        }
    }

    private async Task StartLinesAsync(CancellationToken stopping)
    {
        await using var db = await databases.CreateDbContextAsync(stopping);
        foreach (var line in await db.Lines.Select(l => l.Id).ToListAsync(stopping))
        {
            if (leases.IsDue(line) && await leases.AskAsync(line, stopping))
            {
                await sending.InheritAsync(line, stopping);
                signal.Ring();
            }
            if (!_lines.ContainsKey(line))
            {
                var sender = new LineSender(
                    line,
                    sending,
                    leases,
                    signal,
                    new LinePause(clock),
                    log
                );
                _lines.Add(line, sender.RunAsync(stopping));
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The outbox could not be read; trying again")]
    private partial void LogRound(Exception failure);

    [LoggerMessage(LogLevel.Warning, "The lines could not be given back; others take them soon")]
    private partial void LogNotReleased(Exception failure);
}
