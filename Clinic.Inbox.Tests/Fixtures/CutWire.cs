using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// The line between an app and its PostgreSQL, which breaks at the worst moment: the server has committed, and the app does
/// not hear it.
/// </summary>
internal sealed class CutWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _cut = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly int _server;
    private readonly Task _accepting;
    private byte[]? _mark;

    /// <param name="server">The port where PostgreSQL listens.</param>
    public CutWire(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Loses, once, the answer to a commit, and its connection: of a transaction that wrote <paramref name="value"/>.</summary>
    /// <returns>Completes when that happened.</returns>
    public Task LoseCommitOf(string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        // As a parameter goes over the wire: its length, and itself.
        _mark = [0, 0, 0, (byte)text.Length, .. text];
        return _cut.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                carrying.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
        await Task.WhenAll(carrying);
    }

    private async Task CarryAsync(TcpClient app)
    {
        using var near = app;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _server, _ended.Token);
            near.NoDelay = far.NoDelay = true;
            var connection = new Connection();
            await Task.WhenAny(
                ThereAsync(near.GetStream(), far.GetStream(), connection),
                BackAsync(far.GetStream(), near.GetStream(), connection)
            );
        }
        catch (Exception failure)
            when (failure is OperationCanceledException or SocketException or IOException)
        {
            // One end is gone, and with it the other.
        }
    }

    private async Task ThereAsync(Stream app, Stream server, Connection connection)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await app.ReadAsync(buffer, _ended.Token)) > 0)
        {
            if (_mark is { } mark)
            {
                var said = buffer.AsSpan(0, read);
                connection.Wrote |= said.IndexOf(mark.AsSpan()) >= 0;
                if (connection.Wrote && said.IndexOf("COMMIT\0"u8) >= 0)
                {
                    _mark = null;
                    connection.Lost = true;
                }
            }
            await server.WriteAsync(buffer.AsMemory(0, read), _ended.Token);
        }
    }

    private async Task BackAsync(Stream server, Stream app, Connection connection)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await server.ReadAsync(buffer, _ended.Token)) > 0)
        {
            if (connection.Lost)
            {
                _cut.TrySetResult();
                return;
            }
            await app.WriteAsync(buffer.AsMemory(0, read), _ended.Token);
        }
    }

    private sealed class Connection
    {
        private volatile bool _lost;

        public bool Wrote { get; set; }

        public bool Lost
        {
            get => _lost;
            set => _lost = value;
        }
    }
}
