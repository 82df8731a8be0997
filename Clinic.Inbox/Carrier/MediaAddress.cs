using System.Net;
using System.Net.Sockets;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Which addresses media may be fetched from. A webhook names any address it likes, so without these rules a text could
/// make this server call its own network (SSRF).
/// </summary>
internal static class MediaAddress
{
    private static readonly string[] VonageHosts = ["*.nexmo.com", "*.vonage.com"];

    private static readonly IPNetwork[] NotPublic =
    [
        // IANA special-purpose registries: nothing there is a media server on the internet.
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicV6 =
    [
        // Inside 2000::/3: Teredo and its neighbours, documentation, and 6to4, which carries an IPv4 address.
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("3fff::/20"),
    ];

    /// <summary>Why this address may not be fetched; null when it may (its host must still resolve to a public address).</summary>
    public static string? Refusal(string url, IReadOnlyList<string> allowed, out Uri? address)
    {
        address = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return "The media address can't be read.";
        }
        if (uri.UserInfo.Length > 0)
        {
            return "The media address carries a user name.";
        }
        if (!IsAllowed(uri.Host, allowed))
        {
            return "The media host is not one that we fetch from.";
        }
        var local = uri.IsLoopback;
        if (
            uri.Scheme != Uri.UriSchemeHttps && !(local && uri.Scheme == Uri.UriSchemeHttp)
            || !local && !uri.IsDefaultPort
        )
        {
            return "The media address is not https.";
        }
        address = uri;
        return null;
    }

    /// <summary>True when our application's token may go there: Vonage's own hosts, never one that was only configured.</summary>
    public static bool IsVonage(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps && IsAllowed(address.Host, VonageHosts);

    /// <summary>True when <paramref name="host"/> is one of the allowed, where <c>*.</c> stands for any subdomain.</summary>
    public static bool IsAllowed(string host, IReadOnlyList<string> allowed) =>
        allowed.Any(pattern =>
            pattern.StartsWith("*.", StringComparison.Ordinal)
                ? host.Length > pattern.Length - 1
                    && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
                : string.Equals(host, pattern, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>True for an address on the internet; false for this machine, its networks, and anything reserved.</summary>
    public static bool IsPublic(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6)
        {
            ip = ip.MapToIPv4();
        }
        return ip.AddressFamily switch
        {
            AddressFamily.InterNetwork => !NotPublic.Any(n => n.Contains(ip)),
            AddressFamily.InterNetworkV6 => GlobalUnicast.Contains(ip)
                && !NotPublicV6.Any(n => n.Contains(ip)),
            _ => false,
        };
    }
}
