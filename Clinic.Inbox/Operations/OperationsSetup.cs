using Clinic.Inbox.Carrier;
using Clinic.Inbox.Settings;
using OpenTelemetry.Metrics;

namespace Clinic.Inbox.Operations;

/// <summary>Health, metrics and logs.</summary>
public static class OperationsSetup
{
    /// <summary>
    /// Bytes of any request's body: twice the largest that somebody takes (a webhook, a form with its answers). Files come
    /// by the circuit. By default it would be 30 MB, of which forms keep every byte in memory.
    /// </summary>
    public const int LargestBody = 2 * 1024 * 1024;

    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            // Whoever looks for a server with a known hole need not be told what this one is.
            kestrel.AddServerHeader = false;
        });
        // None of them waits for another, and a start is short.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddHealth(builder.Configuration);
        builder.Services.AddSingleton<InboxGauges>();
        builder.Services.AddSingleton<IStanding, CredentialsStanding>();
        builder.Services.AddSingleton<IStanding, WebhookStanding>();
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddMeter(
                        CarrierMetrics.MeterName,
                        "Microsoft.AspNetCore.Components.Server.Circuits",
                        "System.Runtime"
                    )
                    .AddPrometheusExporter()
            );
        AddLogs(builder);
        return builder;
    }

    public static void MapOperations(this IEndpointRouteBuilder endpoints)
    {
        // Gauges report from the first look on, not from the first use.
        _ = endpoints.ServiceProvider.GetRequiredService<InboxGauges>();
        endpoints.MapHealth();
        endpoints.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().DisableRateLimiting();
    }

    /// <summary>
    /// Standard output: a JSON object a line where programs read it, plain lines in Development. Scopes stay out: they
    /// would bring addresses of requests, and with them what somebody searched for.
    /// </summary>
    private static void AddLogs(WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole();
            return;
        }
        builder.Logging.AddJsonConsole(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }
}
