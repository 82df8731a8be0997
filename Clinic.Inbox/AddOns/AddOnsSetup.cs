namespace Clinic.Inbox.AddOns;

/// <summary>The lines and what they are switched on for.</summary>
public static class AddOnsSetup
{
    public static IServiceCollection AddAddOns(this IServiceCollection services) =>
        services.AddSingleton<LineBook>();
}
