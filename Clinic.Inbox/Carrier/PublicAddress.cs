using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Where this app is reached: by clients and the carrier (<see cref="Public"/>, the setting <c>PublicUrl</c>), and from
/// this machine (<see cref="Local"/>). In Development, where <c>PublicUrl</c> is left at its default and the server was
/// started on another port, the bound address stands in, so that the simulator finds the app.
/// </summary>
public sealed class PublicAddress(
    IConfiguration configuration,
    IHostEnvironment environment,
    IServiceProvider services
)
{
    public const string Default = "http://localhost:5080";

    /// <summary>What clients and the carrier open; no slash at its end matters.</summary>
    public Uri Public
    {
        get
        {
            var configured = new Uri(
                configuration["PublicUrl"] is { Length: > 0 } set ? set : Default
            );
            return environment.IsDevelopment() && configured == new Uri(Default)
                ? Local
                : configured;
        }
    }

    /// <summary>An address of the running server on this machine; the default before it has started.</summary>
    public Uri Local
    {
        get
        {
            // Asked late: the server knows its addresses only after it has started, port 0 least of all.
            var bound = services
                .GetService<IServer>()
                ?.Features.Get<IServerAddressesFeature>()
                ?.Addresses.Select(OnThisMachine)
                .OfType<Uri>()
                .OrderBy(a => a.Scheme, StringComparer.Ordinal)
                .ToArray();
            return bound is { Length: > 0 } ? bound[0] : new Uri(Default);
        }
    }

    /// <summary>An address under <see cref="Public"/>, which may have a path of its own behind a proxy.</summary>
    public Uri At(string path) => Join(Public, path);

    /// <summary>Joins an address and a path without losing the address's own path.</summary>
    internal static Uri Join(Uri address, string path) =>
        new(address.AbsoluteUri.TrimEnd('/') + "/" + path.TrimStart('/'));

    private static Uri? OnThisMachine(string bound)
    {
        // "http://*:80" and "http://+:80" are any host to the server and no address at all to Uri.
        var readable = bound
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal);
        if (!Uri.TryCreate(readable, UriKind.Absolute, out var uri))
        {
            return null;
        }
        var any =
            IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        return any ? new UriBuilder(uri) { Host = "localhost" }.Uri : uri;
    }
}
