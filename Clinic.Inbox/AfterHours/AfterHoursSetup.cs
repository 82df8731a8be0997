using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Settings;

namespace Clinic.Inbox.AfterHours;

/// <summary>Auto-response, alerts, and the emails that wait.</summary>
public static class AfterHoursSetup
{
    public static IServiceCollection AddAfterHours(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<EmailOptions>().Bind(configuration.GetSection(EmailOptions.Section));
        services.AddSingleton<HoursBook>();
        services.AddSingleton<AfterHoursBook>();
        services.AddSingleton<IStanding, AfterHoursStanding>();
        services.AddSingleton<IReceivedFollowUp, AfterHoursAnswer>();
        services.AddJob<EmailJob>(new("emails"), TimeSpan.FromSeconds(2));
        return services;
    }
}
