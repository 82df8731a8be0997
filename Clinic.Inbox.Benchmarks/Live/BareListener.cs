using System.Net.WebSockets;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>The reference's client: a connection to a hub that does nothing but broadcast.</summary>
internal sealed class BareListener : IDisposable
{
    private readonly FrameSocket _socket;
    private readonly Shown _shown;

    private BareListener(FrameSocket socket, Desk desk)
    {
        _socket = socket;
        _shown = new Shown(desk);
        _ = Task.Run(ReadAsync);
    }

    public static async Task<BareListener> OpenAsync(Uri bare, Desk desk) =>
        new(
            await FrameSocket.ConnectAsync(
                new Uri(bare, "hub"),
                "json",
                Framing.Text,
                cookie: null
            ),
            desk
        );

    public Task PingAsync() => _socket.SendAsync("{\"type\":6}\u001e"u8.ToArray());

    public void Dispose()
    {
        _socket.Drop();
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.NextAsync() is { Length: > 0 } message)
            {
                _shown.Take(message.Span);
            }
        }
        catch (Exception gone)
            when (gone
                    is WebSocketException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            // Its time is over. One that is lost earlier lacks its text, and the measurement says so.
        }
    }
}
