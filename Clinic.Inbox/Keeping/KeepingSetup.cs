using Clinic.Inbox.Settings;
using Quartz;

namespace Clinic.Inbox.Keeping;

/// <summary>How long things are kept, and that they are not lost: retention and backups.</summary>
public static class KeepingSetup
{
    public static IServiceCollection AddKeeping(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddSingleton(BackupSettings.Read(configuration));
        services.AddSingleton<BackupCheck>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<BackupBook>();
        services.AddSingleton<RetentionBook>();
        services.AddSingleton<IStanding, BackupStanding>();
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<BackupJob>(job => job.WithIdentity(BackupJob.Key).StoreDurably());
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob(BackupJob.Key)
                    .WithIdentity(BackupJob.Key.Name)
                    .StartNow()
                    .WithSimpleSchedule(times =>
                        times.WithInterval(BackupJob.Every).RepeatForever()
                    )
            );
            quartz.AddJob<RetentionJob>(job => job.WithIdentity(RetentionJob.Key).StoreDurably());
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob(RetentionJob.Key)
                    .WithIdentity(RetentionJob.Key.Name)
                    .StartNow()
                    .WithSimpleSchedule(times =>
                        times.WithInterval(RetentionJob.Every).RepeatForever()
                    )
            );
        });
        return services;
    }
}
