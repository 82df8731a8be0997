namespace Clinic.Inbox.AddOns;

/// <summary>Add-ons, lines and what they are switched on for.</summary>
public static class AddOnsSetup
{
    public static IServiceCollection AddAddOns(this IServiceCollection services) =>
        services.AddSingleton<LineBook>().AddSingleton<LineDesk>();
}
