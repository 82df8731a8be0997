namespace Clinic.Inbox.Settings;

/// <summary>What managers and administrators look after.</summary>
public static class SettingsSetup
{
    public static IServiceCollection AddSettings(this IServiceCollection services)
    {
        services.AddSingleton<ClinicBook>();
        services.AddSingleton<QuarantineBook>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<StandingBoard>();
        return services;
    }
}
