using Clinic.Inbox.Carrier.Simulator;
using MudBlazor;
using MudBlazor.Services;

namespace Clinic.Inbox.Layout;

/// <summary>What the pages need around them.</summary>
public static class ShellSetup
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(circuits =>
            {
                // One blip of the network must not cost a desk its screens: by default only 100 would be kept.
                circuits.DisconnectedCircuitMaxRetained = 2_000;
                circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(5);
            });
        services.AddCascadingAuthenticationState();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.VisibleStateDuration = 4_000;
            mud.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.AddScoped<LightSignal>();
        services.AddScoped<Announcements>();
        services.AddSingleton<ClinicClock>();
        services.AddSingleton<ClinicNumbers>();
        services.AddHostedService<ClinicWatch>();
        return services;
    }

    /// <summary>The pages.</summary>
    public static void MapShell(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server =>
            {
                // A compressed stream that mixes clients' data with text from outside leaks the one through the length of
                // the other (the BREACH attack). Without compression Blazor leaves frame-ancestors to SecurityHeaders.
                server.DisableWebSocketCompression = true;
                server.ContentSecurityFrameAncestorsPolicy = null;
            })
            .OpenToPhones(endpoints.ServiceProvider.GetRequiredService<IHostEnvironment>());
}
