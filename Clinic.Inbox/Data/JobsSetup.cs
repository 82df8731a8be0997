using Npgsql;
using Quartz;

namespace Clinic.Inbox.Data;

/// <summary>The scheduler that runs every job.</summary>
public static class JobsSetup
{
    /// <summary>
    /// On SQLite the schedule lies in memory: there is one process. On PostgreSQL it lies in Quartz's own tables
    /// (<c>qrtz_…</c>, made when they are missing) and is shared, so that each firing runs on one node, and another takes
    /// over when that one dies. What jobs work from stands in our tables all the same: a missed firing loses nothing.
    /// </summary>
    public static IServiceCollection AddJobs(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        var settings = DatabaseSettings.Read(configuration);
        services.AddQuartz(quartz =>
        {
            if (settings.IsSqlite)
            {
                return;
            }
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, settings.ConnectionString);
                store.ProvisionSchema();
                store.UseClustering();
            });
        });
        services.AddHostedService<ClockWatch>();
        // What is added last stops first: a job that runs still has what it writes with.
        return services.AddQuartzHostedService(jobs => jobs.WaitForJobsToComplete = true);
    }

    /// <summary>A job that runs from the start on, again and again.</summary>
    /// <param name="key">Stays: on PostgreSQL the schedule keeps it.</param>
    public static IServiceCollection AddJob<TJob>(
        this IServiceCollection services,
        JobKey key,
        TimeSpan every
    )
        where TJob : IJob =>
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<TJob>(job => job.WithIdentity(key).StoreDurably());
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob(key)
                    .WithIdentity(key.Name)
                    .StartNow()
                    .WithSimpleSchedule(times => times.WithInterval(every).RepeatForever())
            );
        });
}
