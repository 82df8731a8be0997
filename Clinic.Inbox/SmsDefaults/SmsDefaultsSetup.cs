using Clinic.Inbox.Settings;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>The pages on which managers write the texts that the clinic sends by itself.</summary>
public static class SmsDefaultsSetup
{
    public static IServiceCollection AddSmsDefaults(this IServiceCollection services)
    {
        services.AddSingleton<WordingQueries>();
        services.AddSingleton<PreviewValues>();
        services.AddSingleton<SmsDefaultQueries>();
        services.AddSingleton<IStanding, TemplatesStanding>();
        return services;
    }
}
