using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Polly;

namespace Clinic.Inbox.Carrier;

/// <summary>Puts the Vonage adapter into the app.</summary>
public static class CarrierSetup
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Renting takes Vonage seconds at times.</summary>
    private static readonly TimeSpan NumbersTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Adds the way out (<see cref="ICarrier"/>), the checks of the way in, and <see cref="MediaFetcher"/>. The app brings
    /// <see cref="IReceivedPort"/> and <see cref="IReceiptPort"/>.
    /// </summary>
    public static IServiceCollection AddVonage(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<VonageOptions>().Bind(configuration.GetSection(VonageOptions.Section));
        services.AddSingleton<IPostConfigureOptions<VonageOptions>>(
            new DevelopmentAccount(environment)
        );
        services.AddSingleton(provider => new PublicAddress(configuration, environment, provider));
        services.AddSingleton<CarrierMetrics>();
        services.AddSingleton<WebhookVerifier>();
        services.AddSingleton<VonageWebhooks>();
        services.AddSingleton(provider => new ApplicationToken(
            provider.GetRequiredService<IOptionsMonitor<VonageOptions>>(),
            TimeProvider.System
        ));
        AtMost(services.AddHttpClient<ICarrier, VonageCarrier>(), SendTimeout);
        AtMost(services.AddHttpClient<INumberProvider, VonageNumbers>(), NumbersTimeout);
        AddMedia(services);
        return services;
    }

    /// <summary>Maps what Vonage calls. Open to all: the signature is the sign-in.</summary>
    public static IEndpointRouteBuilder MapVonageWebhooks(this IEndpointRouteBuilder endpoints)
    {
        var webhooks = endpoints.ServiceProvider.GetRequiredService<VonageWebhooks>();
        // Plain request delegates: nothing of the framework may answer 400 or 415 before the body has been looked at.
        Map("/webhooks/vonage/inbound", webhooks.InboundAsync);
        Map("/webhooks/vonage/status", webhooks.StatusAsync);
        return endpoints;

        void Map(string path, RequestDelegate handle) =>
            endpoints
                .MapPost(path, handle)
                .AllowAnonymous()
                .DisableAntiforgery()
                .DisableRateLimiting()
                .ExcludeFromDescription();
    }

    /// <summary>
    /// A timeout and nothing else: see <see cref="VonageCarrier"/> on why nothing may be sent twice, and a purchase must not be
    /// repeated by a handler either.
    /// </summary>
    private static void AtMost(IHttpClientBuilder client, TimeSpan timeout)
    {
        client
            // The pipeline's timeout counts, and it knows better what it was waiting for.
            .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = ConnectTimeout,
                    // Short, so that few requests meet a connection that the carrier has already closed.
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
            );
        client.AddResilienceHandler(
            "vonage",
            pipeline =>
            {
                // Real time, even where the demo clock was moved: a jump must not cut off a request.
                pipeline.TimeProvider = TimeProvider.System;
                pipeline.AddTimeout(timeout);
            }
        );
    }

    private static void AddMedia(IServiceCollection services)
    {
        services.AddSingleton(provider => new MediaConnection(
            provider.GetRequiredService<IOptionsMonitor<VonageOptions>>(),
            Dns.GetHostAddressesAsync
        ));
        services
            .AddHttpClient<MediaFetcher>()
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var connection = provider.GetRequiredService<MediaConnection>();
                return new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    // A proxy would resolve the name itself and so step around the check of the address.
                    UseProxy = false,
                    ConnectCallback = connection.ConnectAsync,
                    ConnectTimeout = ConnectTimeout,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                };
            });
    }
}
