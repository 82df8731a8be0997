using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clinic.Inbox.Operations;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve; 503 with the checks that fail, and 200 with
/// <c>degraded</c> when it serves less well. Open to all, so neither says more than which check failed.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        var checks = services
            .AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", timeout: Patience)
            .AddCheck<MigrationsCheck>("migrations", timeout: Patience)
            .AddCheck<DiskCheck>("disk", timeout: Patience)
            .AddCheck<CarrierCheck>("carrier", timeout: Patience);
        if (RedisSettings.Read(configuration) is not null)
        {
            checks.AddCheck<RedisCheck>("redis", timeout: Patience);
        }
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        Map("/health/live", which: _ => false, "live", "dead");
        Map("/health/ready", which: null, "ready", "notReady");

        void Map(
            string path,
            Func<HealthCheckRegistration, bool>? which,
            string good,
            string bad
        ) =>
            endpoints
                .MapHealthChecks(
                    path,
                    new HealthCheckOptions
                    {
                        Predicate = which,
                        ResponseWriter = (context, report) =>
                            context.Response.WriteAsJsonAsync(
                                new
                                {
                                    status = report.Status switch
                                    {
                                        HealthStatus.Healthy => good,
                                        HealthStatus.Degraded => "degraded",
                                        _ => bad,
                                    },
                                    checks = report.Entries.ToDictionary(
                                        check => check.Key,
                                        check => new
                                        {
                                            status = check.Value.Status,
                                            // What an exception says may name a server or a file.
                                            detail = check.Value.Exception is null
                                                ? check.Value.Description ?? ""
                                                : "The check failed; the log says why.",
                                            milliseconds = Math.Round(
                                                check.Value.Duration.TotalMilliseconds,
                                                digits: 1
                                            ),
                                        },
                                        StringComparer.Ordinal
                                    ),
                                },
                                context.RequestAborted
                            ),
                    }
                )
                .AllowAnonymous()
                .DisableRateLimiting();
    }
}
