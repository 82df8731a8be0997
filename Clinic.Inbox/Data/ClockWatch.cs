using Quartz;

namespace Clinic.Inbox.Data;

/// <summary>
/// Notices that the machine's clock was set. The scheduler waits for times of day: of a clock that was set back by an hour
/// it would wait an hour until anything runs again, so each trigger begins anew. A clock that was set forward needs nothing:
/// what became due runs.
/// </summary>
internal sealed partial class ClockWatch(
    ISchedulerFactory schedulers,
    TimeProvider clock,
    ILogger<ClockWatch> log
) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    /// <summary>A time server corrects by less all the time.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (time, running) = (clock.GetUtcNow(), clock.GetTimestamp());
        var behind = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Round, clock, stoppingToken);
            var (now, runningNow) = (clock.GetUtcNow(), clock.GetTimestamp());
            var set = now - time - clock.GetElapsedTime(running, runningNow);
            (time, running) = (now, runningNow);
            if (set.Duration() >= Least)
            {
                LogSet(Math.Round(set.TotalSeconds));
            }
            behind |= set <= -Least;
            behind = behind && !await BeginAnewAsync(now, stoppingToken);
        }
    }

    private async Task<bool> BeginAnewAsync(DateTimeOffset now, CancellationToken stopping)
    {
        try
        {
            var scheduler = await schedulers.GetScheduler(stopping);
            foreach (
                var key in await scheduler.GetTriggerKeys(
                    GroupMatcher<TriggerKey>.AnyGroup(),
                    stopping
                )
            )
            {
                if (
                    await scheduler.GetTrigger(key, stopping) is ISimpleTrigger trigger
                    && trigger.NextFireTimeUtc > now + trigger.RepeatInterval
                )
                {
                    await scheduler.RescheduleJob(
                        key,
                        trigger.GetTriggerBuilder().StartAt(now).Build(),
                        stopping
                    );
                }
            }
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotBegun(failure);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The machine's clock was set by {Seconds} s")]
    private partial void LogSet(double seconds);

    [LoggerMessage(LogLevel.Error, "The schedule could not begin anew; trying again")]
    private partial void LogNotBegun(Exception failure);
}
