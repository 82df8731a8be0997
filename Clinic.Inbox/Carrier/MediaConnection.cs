using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Opens the connection for a media download. The name is resolved once, here, every address it gives is checked, and
/// the connection goes to exactly those: a name that resolves to another address a moment later gains nothing.
/// </summary>
/// <param name="resolve">The addresses of a name.</param>
/// <param name="connect">Connects to the first of these addresses that answers; null: over TCP.</param>
internal sealed class MediaConnection(
    IOptionsMonitor<VonageOptions> options,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    Func<IPAddress[], int, CancellationToken, ValueTask<Stream>>? connect = null
)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellation
    )
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await resolve(host.Trim('[', ']'), cancellation);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
        if (!addresses.All(ip => MayConnect(host, ip)))
        {
            throw new ForbiddenAddressException();
        }
        return await (connect ?? ConnectAsync)(addresses, port, cancellation);
    }

    private static async ValueTask<Stream> ConnectAsync(
        IPAddress[] addresses,
        int port,
        CancellationToken cancellation
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool MayConnect(string host, IPAddress ip) =>
        MediaAddress.IsPublic(ip)
        // The loopback only under a name of its own that the settings list, never because some other name points at it.
        || (IPAddress.IsLoopback(ip) && IsLoopbackName(host) && IsListed(host));

    private bool IsListed(string host)
    {
        var allowed = options.CurrentValue.MediaHosts ?? [];
        return MediaAddress.IsAllowed(host, allowed)
            || MediaAddress.IsAllowed($"[{host.Trim('[', ']')}]", allowed);
    }

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}

/// <summary>A name led to an address that media is never fetched from.</summary>
internal sealed class ForbiddenAddressException()
    : IOException("The media host leads to an address that is not on the internet.");
