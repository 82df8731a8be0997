using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Clinic.Inbox.Operations;

/// <summary>
/// A reverse proxy in front: who came and whether by https is what it says (<c>X-Forwarded-For</c>, <c>-Proto</c>), if it
/// is one of ours. Trusted are this machine and the addresses or networks of <c>TrustedProxies</c>
/// (<c>10.0.0.5</c>, <c>172.16.0.0/12</c>); from anybody else the headers count for nothing.
/// </summary>
public static class BehindProxy
{
    public const string Setting = "TrustedProxies";

    /// <exception cref="InvalidOperationException">An entry is neither an address nor a network.</exception>
    public static IServiceCollection AddForwarding(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        var trusted = configuration.GetSection(Setting).Get<string[]>() ?? [];
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // As many hops as there are trusted ones: it stops at the first that is not.
            options.ForwardLimit = null;
            foreach (var entry in trusted)
            {
                Trust(options, entry);
            }
        });
        return services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
    }

    /// <summary>First in the pipeline. Browsers that came by https are told to come by https only.</summary>
    /// <remarks>
    /// Sending http on to https is the proxy's work: here it would turn in circles whenever the proxy is not trusted.
    /// </remarks>
    public static void UseForwarding(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }
    }

    private static void Trust(ForwardedHeadersOptions options, string entry)
    {
        if (IPAddress.TryParse(entry, out var address))
        {
            options.KnownProxies.Add(address);
        }
        else if (System.Net.IPNetwork.TryParse(entry, out var network))
        {
            options.KnownIPNetworks.Add(network);
        }
        else
        {
            throw new InvalidOperationException(
                $"{Setting} has '{entry}'. Use an address (10.0.0.5) or a network (172.16.0.0/12)."
            );
        }
    }
}
