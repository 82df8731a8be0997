using System.Net.WebSockets;
using System.Text;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>How a hub's stream is cut into messages.</summary>
internal enum Framing
{
    /// <summary>JSON: each message ends with the record separator.</summary>
    Text,

    /// <summary>Binary: each message has its length before it, seven bits a byte.</summary>
    Binary,
}

/// <summary>
/// A WebSocket to a SignalR hub, without negotiation and without a client library: 500 of them share the machine with what
/// is measured.
/// </summary>
internal sealed class FrameSocket : IDisposable
{
    private const byte Separator = 0x1e;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Framing _framing;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private FrameSocket(Framing framing) => _framing = framing;

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<FrameSocket> ConnectAsync(
        Uri hub,
        string protocol,
        Framing framing,
        string? cookie
    )
    {
        var frames = new FrameSocket(framing);
        if (cookie is not null)
        {
            frames._socket.Options.SetRequestHeader("Cookie", cookie);
        }
        await frames._socket.ConnectAsync(
            new UriBuilder(hub) { Scheme = "ws" }.Uri,
            CancellationToken.None
        );
        await frames.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"protocol":"{{protocol}}","version":1}""" + "\u001e")
        );
        // The answer is JSON whatever comes after it.
        var answer = await frames.NextAsync(Framing.Text);
        if (!answer.Span.SequenceEqual("{}"u8))
        {
            throw new InvalidOperationException(
                "The hub refused: " + Encoding.UTF8.GetString(answer.Span)
            );
        }
        return frames;
    }

    /// <summary>The next message, good until the next call; empty when the connection has ended.</summary>
    public ValueTask<ReadOnlyMemory<byte>> NextAsync() => NextAsync(_framing);

    public async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(
                message,
                _framing == Framing.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                endOfMessage: true,
                CancellationToken.None
            );
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>As a network that goes away: no good-bye.</summary>
    public void Drop() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(Framing framing)
    {
        while (true)
        {
            if (TryCut(framing, out var message))
            {
                return message;
            }
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return default;
            }
            _end += read.Count;
        }
    }

    private bool TryCut(Framing framing, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var waiting = _buffer.AsSpan(_start, _end - _start);
        if (framing == Framing.Text)
        {
            var length = waiting.IndexOf(Separator);
            if (length < 0)
            {
                return false;
            }
            message = _buffer.AsMemory(_start, length);
            _start += length + 1;
            return true;
        }
        var (size, shift, at) = (0, 0, 0);
        while (true)
        {
            if (at == waiting.Length)
            {
                return false;
            }
            size |= (waiting[at] & 0x7f) << shift;
            shift += 7;
            if ((waiting[at++] & 0x80) == 0)
            {
                break;
            }
        }
        if (waiting.Length - at < size)
        {
            return false;
        }
        message = _buffer.AsMemory(_start + at, size);
        _start += at + size;
        return true;
    }
}
