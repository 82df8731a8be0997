using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>
/// What stands before two nodes: a browser stays with its node by a cookie, and comes to the other when that one is gone.
/// </summary>
internal sealed class StickyProxy(WebApplication app) : IAsyncDisposable
{
    public Uri Address => new(app.Urls.First() + "/");

    public static async Task<StickyProxy> StartAsync(params Uri[] nodes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory(
                [
                    new RouteConfig
                    {
                        RouteId = "all",
                        ClusterId = "nodes",
                        Match = new RouteMatch { Path = "{**rest}" },
                    },
                ],
                [
                    new ClusterConfig
                    {
                        ClusterId = "nodes",
                        LoadBalancingPolicy = "FirstAlphabetical",
                        Destinations = nodes
                            .Select((node, i) => ("node" + i, node))
                            .ToDictionary(
                                n => n.Item1,
                                n => new DestinationConfig { Address = n.node.ToString() },
                                StringComparer.Ordinal
                            ),
                        SessionAffinity = new SessionAffinityConfig
                        {
                            Enabled = true,
                            Policy = "HashCookie",
                            FailurePolicy = "Redistribute",
                            AffinityKeyName = "node",
                        },
                        HealthCheck = new HealthCheckConfig
                        {
                            AvailableDestinationsPolicy = "HealthyAndUnknown",
                            Active = new ActiveHealthCheckConfig
                            {
                                Enabled = true,
                                Interval = TimeSpan.FromMilliseconds(300),
                                Timeout = TimeSpan.FromSeconds(30),
                                Policy = "ConsecutiveFailures",
                                Path = "/health/live",
                            },
                        },
                        Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1",
                        },
                    },
                ]
            )
            // Who may open a socket is decided by the address that the browser sees.
            .AddTransforms(transforms => transforms.AddOriginalHost());
        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync();
        return new StickyProxy(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }
}
