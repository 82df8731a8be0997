using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.Reminders;

/// <summary>The clinic that texts by itself.</summary>
public static class RemindersSetup
{
    public static IServiceCollection AddReminders(this IServiceCollection services)
    {
        services.AddSingleton<TemplateBook>();
        services.AddSingleton<ReminderPlanner>();
        services.AddSingleton<ReminderFeeder>();
        services.AddSingleton<ReminderDesk>();
        services.AddSingleton<InventoryBook>();
        services.AddSingleton<CareQueries>();
        services.AddSingleton<ReminderQueries>();
        services.AddSingleton<ReminderFigures>();
        services.AddScoped<ReminderActions>();
        services.AddSingleton<ReminderSettingsBook>();
        services.AddSingleton<ReminderOutlook>();
        services.AddSingleton<VisitReminders>();
        services.AddSingleton<IReceivedFollowUp, ConfirmingReplies>();
        services.AddSingleton<SentReminders>();
        services.AddPreVisitForms();
        services.AddHostedService<ReminderBell>();
        services.AddJob<ReminderTick>(ReminderTick.Key, ReminderTick.Every);
        return services;
    }
}
