namespace Clinic.Inbox.AddOns;

/// <summary>Add-ons and lines.</summary>
public static class AddOnsSetup
{
    public static IServiceCollection AddAddOns(this IServiceCollection services) =>
        services.AddSingleton<LineDesk>();
}
