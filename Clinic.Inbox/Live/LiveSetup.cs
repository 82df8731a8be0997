namespace Clinic.Inbox.Live;

/// <summary>From a committed change to every screen, hub and host application.</summary>
public static class LiveSetup
{
    public static IServiceCollection AddLive(this IServiceCollection services) => services;

    public static void MapLive(this IEndpointRouteBuilder endpoints) { }
}
