using Clinic.Inbox.Data;
using Clinic.Inbox.Settings;

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
        services.AddJob<BackupJob>(BackupJob.Key, BackupJob.Every);
        services.AddJob<RetentionJob>(RetentionJob.Key, RetentionJob.Every);
        return services;
    }
}
