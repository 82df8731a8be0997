using Clinic.Inbox.Live;
using Quartz;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// Plans and feeds. Everything it works from stands in tables, so that a missed tick loses nothing and a repeated one repeats
/// nothing.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class ReminderTick(
    ReminderPlanner planner,
    ReminderFeeder feeder,
    ILogger<ReminderTick> log
) : IJob
{
    public static readonly JobKey Key = new("reminders");

    /// <summary>How often it looks when nobody rings.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    )
    {
        var planned = await planner.PlanAsync(cancellationToken);
        var queued = await feeder.FeedAsync(cancellationToken);
        if (planned + queued > 0)
        {
            LogTick(planned, queued);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Looked at {Planned} changes and queued {Queued} reminders"
    )]
    private partial void LogTick(int planned, int queued);
}

/// <summary>Rings <see cref="ReminderTick"/> when an appointment changed, so that a confirmation does not wait for the next tick.</summary>
internal sealed partial class ReminderBell(
    Feed feed,
    ISchedulerFactory schedulers,
    ILogger<ReminderBell> log
) : BackgroundService
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Of several nodes the one that wrote it rings, and whichever is free answers.
        using var subscription = feed.SubscribeToOwn(changes =>
        {
            if (
                _rung.CurrentCount == 0
                && changes.Any(change =>
                    change is InboxEvent.ScheduleChanged or InboxEvent.RemindersChanged
                )
            )
            {
                Ring();
            }
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            await _rung.WaitAsync(stoppingToken);
            try
            {
                var scheduler = await schedulers.GetScheduler(stoppingToken);
                await scheduler.TriggerJob(ReminderTick.Key, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The schedule lies in a database that is away; the next tick does it.
                LogNotRung(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Reminders could not be looked at at once")]
    private partial void LogNotRung(Exception failure);

    private void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    public override void Dispose()
    {
        _rung.Dispose();
        base.Dispose();
    }
}
