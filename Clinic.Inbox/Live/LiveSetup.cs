using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Live;

/// <summary>From a committed change to every screen, hub and host application.</summary>
public static class LiveSetup
{
    private const string HubPath = "/hubs/inbox";
    private const string Cors = "Embed";

    public static IServiceCollection AddLive(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        var origins = new EmbedOrigins(configuration);
        services.AddSingleton(origins);
        services.AddCors(cors =>
            cors.AddPolicy(
                Cors,
                policy =>
                    policy
                        .WithOrigins([.. origins.All])
                        .AllowAnyHeader()
                        .WithMethods("GET", "POST", "DELETE")
                        .AllowCredentials()
            )
        );
        services
            .AddSignalR()
            // Clients say hello and ping, nothing else.
            .AddHubOptions<InboxHub>(hub => hub.MaximumReceiveMessageSize = 4 * 1024);
        if (RedisSettings.Read(configuration) is { } redis)
        {
            services.AddSingleton(redis);
            services.AddSingleton<NodeLink>();
            services.AddHostedService(provider => provider.GetRequiredService<NodeLink>());
        }
        services.AddSingleton<InboxBroadcaster>();
        services.AddHostedService(provider => provider.GetRequiredService<InboxBroadcaster>());
        services.AddHostedService<HubStandings>();
        return services;
    }

    /// <summary>Behind routing, before authentication: other sites are turned away whatever cookie they bring.</summary>
    public static void UseLive(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<EmbedOrigins>();
        var log = app.Services.GetRequiredService<ILogger<EmbedOrigins>>();
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                var ours = StartsWith(request, "/_blazor");
                if (
                    ours && !origins.IsOurs(request)
                    || StartsWith(request, "/hubs") && !origins.Allows(request)
                )
                {
                    log.LogForeignOrigin(ours ? "/_blazor" : HubPath);
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return Task.CompletedTask;
                }
                if (StartsWith(request, SecurityHeaders.EmbedPath))
                {
                    // Public code; as a module it is fetched with CORS.
                    context.Response.Headers.AccessControlAllowOrigin = "*";
                }
                return next(context);
            }
        );
        app.UseCors();
    }

    public static void MapLive(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapHub<InboxHub>(HubPath, hub => hub.CloseOnAuthenticationExpiration = true)
            .RequireCors(Cors);

    private static bool StartsWith(HttpRequest request, string path) =>
        request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase);
}
