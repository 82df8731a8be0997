using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// A socket to a hub without a client library, which says what it likes. Blazor's protocol is SignalR's in MessagePack
/// (github.com/dotnet/aspnetcore, src/SignalR/docs/specs/HubProtocol.md).
/// </summary>
internal sealed class BareCircuit : IDisposable
{
    private const byte Separator = 0x1e;

    private readonly ClientWebSocket _socket;

    private BareCircuit(ClientWebSocket socket) => _socket = socket;

    public WebSocketState State => _socket.State;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Connects and shakes hands, or says with which status it was refused.</summary>
    public static async Task<(BareCircuit? Circuit, HttpStatusCode Status)> TryOpenAsync(
        InboxApp app,
        DeskUser? user,
        string hub = "_blazor",
        string protocol = "blazorpack"
    )
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (user is not null)
        {
            socket.Options.SetRequestHeader("Cookie", $"{user.Cookie.Name}={user.Cookie.Value}");
        }
        try
        {
            await socket.ConnectAsync(
                new UriBuilder(new Uri(app.Address, hub)) { Scheme = "ws" }.Uri,
                Cancellation
            );
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            return (null, status);
        }
        var circuit = new BareCircuit(socket);
        await circuit.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"protocol":"{{protocol}}","version":1}""" + "\u001e")
        );
        // The answer to the handshake is JSON in either protocol.
        await circuit.ReadUntilAsync(read => read.Contains(Separator) ? "yes" : null);
        return (circuit, HttpStatusCode.SwitchingProtocols);
    }

    /// <summary>Asks for a circuit without saying what is to be shown; its secret, or null when it was refused.</summary>
    public async Task<string?> StartAsync(Uri address)
    {
        var call = new List<byte> { 0x96, 1, 0x80 };
        Write(call, "1");
        Write(call, "StartCircuit");
        call.Add(0x94);
        Write(call, address.AbsoluteUri);
        Write(call, new Uri(address, "schedule/inbox").AbsoluteUri);
        Write(call, "[]");
        Write(call, "");
        call.Add(0x90);
        await SendAsync(WithLength([.. call]));
        return await ReadUntilAsync(SecretIn) is { Length: > 0 } secret ? secret : null;
    }

    public Task SendAsync(byte[] frame) =>
        _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);

    /// <summary>As a network that goes away: no good-bye.</summary>
    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    /// <summary>A message of the binary protocol: its length before it, seven bits a byte.</summary>
    public static byte[] WithLength(byte[] message)
    {
        var framed = new List<byte>(message.Length + 5);
        var left = message.Length;
        do
        {
            framed.Add((byte)((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
            left >>= 7;
        } while (left > 0);
        return [.. framed, .. message];
    }

    /// <summary>
    /// The result of call 1: <c>[3, {}, "1", 3, result]</c>. Empty when there is none, null while it has not come.
    /// </summary>
    private static string? SecretIn(List<byte> read)
    {
        ReadOnlySpan<byte> answer = [0x95, 3, 0x80, 0xa1, (byte)'1', 3];
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(read);
        var at = bytes.IndexOf(answer);
        if (at < 0)
        {
            // Without a result, or as an error, it is one shorter or of another kind.
            return
                bytes.IndexOf((ReadOnlySpan<byte>)[3, 0x80, 0xa1, (byte)'1', 1]) >= 0
                || bytes.IndexOf((ReadOnlySpan<byte>)[3, 0x80, 0xa1, (byte)'1', 2]) >= 0
                ? ""
                : null;
        }
        var rest = bytes[(at + answer.Length)..];
        if (rest.IsEmpty)
        {
            return null;
        }
        var (start, length) = rest[0] switch
        {
            0xc0 => (0, 0),
            0xd9 when rest.Length > 1 => (2, (int)rest[1]),
            0xda when rest.Length > 2 => (3, (int)BinaryPrimitives.ReadUInt16BigEndian(rest[1..])),
            >= 0xa0 and <= 0xbf => (1, rest[0] & 0x1f),
            _ => (int.MaxValue / 2, 0),
        };
        return start + length > rest.Length
            ? null
            : Encoding.UTF8.GetString(rest.Slice(start, length));
    }

    /// <summary>Reads until <paramref name="found"/> finds something; empty when the connection has ended.</summary>
    private async Task<string> ReadUntilAsync(Func<List<byte>, string?> found)
    {
        var read = new List<byte>();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return "";
            }
            read.AddRange(buffer.AsSpan(0, got.Count));
            if (found(read) is { } text)
            {
                return text;
            }
        }
    }

    private static void Write(List<byte> into, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
        into.Add(0xda);
        into.AddRange(length);
        into.AddRange(bytes);
    }
}
