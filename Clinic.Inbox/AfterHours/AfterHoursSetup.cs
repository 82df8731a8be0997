using Clinic.Inbox.Conversations;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Settings;
using Quartz;

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
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<EmailJob>(job => job.WithIdentity("emails").StoreDurably());
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob("emails")
                    .WithIdentity("emails")
                    .StartNow()
                    .WithSimpleSchedule(every =>
                        every.WithInterval(TimeSpan.FromSeconds(2)).RepeatForever()
                    )
            );
        });
        return services;
    }
}
