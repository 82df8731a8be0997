using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>The carrier and phones inside the app; Development only, elsewhere neither services nor routes exist.</summary>
public static class SimulatorSetup
{
    public static IServiceCollection AddSimulator(
        this IServiceCollection services,
        IHostEnvironment environment
    )
    {
        if (!environment.IsDevelopment())
        {
            return services;
        }
        services.AddOptions<SimulatorOptions>().BindConfiguration(SimulatorOptions.Section);
        services
            .AddHttpClient(Callbacks.Client, client => client.Timeout = TimeSpan.FromSeconds(15))
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = TimeSpan.FromSeconds(3),
                    UseProxy = false,
                    UseCookies = false,
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                }
            );
        services.AddSingleton<PhoneNetwork>();
        services.AddSingleton<Faults>();
        services.AddSingleton<Silence>();
        services.AddSingleton<MediaShelf>();
        services.AddSingleton<SampleFiles>();
        services.AddSingleton<ClinicDirectory>();
        services.AddSingleton<WebhookSigner>();
        services.AddSingleton<CallerCheck>();
        services.AddSingleton<Callbacks>();
        services.AddSingleton<MediaPickup>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<Handsets>();
        services.AddSingleton<MessagesEndpoint>();
        services.AddSingleton<NumberPool>();
        services.AddSingleton<NumbersEndpoint>();
        services.AddSingleton<SimulatorWork>();
        services.AddHostedService(provider => provider.GetRequiredService<SimulatorWork>());
        return services;
    }

    public static void MapSimulator(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }
        var group = app.MapGroup(SimulatorPaths.Page)
            .AllowAnonymous()
            .DisableAntiforgery()
            .DisableRateLimiting()
            .ExcludeFromDescription();
        var messages = app.Services.GetRequiredService<MessagesEndpoint>();
        // Not a routable component: the router inside a circuit knows no environment.
        group.MapGet("/", IResult () => new RazorComponentResult(typeof(SimulatorDocument)));
        group.MapPost("/v1/messages", messages.HandleAsync);
        app.Services.GetRequiredService<NumbersEndpoint>().Map(group);
        group.MapHandsets();
        group.MapDemoControls();
    }
}
