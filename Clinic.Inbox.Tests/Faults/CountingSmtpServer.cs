using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>Takes emails as RFC 5321 says, one after the other and without TLS, and counts them.</summary>
internal sealed class CountingSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly Task _serving;
    private int _taken;

    public CountingSmtpServer()
    {
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Every command that it was given.</summary>
    public IReadOnlyCollection<string> Heard => _heard;

    /// <summary>So many callers are let in and told nothing, until they hang up.</summary>
    public int Silent { get; set; }

    /// <summary>Done before an email is confirmed.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _serving;
        _ended.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_ended.Token);
                await TalkAsync(client);
            }
            catch (IOException)
            {
                // It hung up.
            }
            catch (Exception failure)
                when (failure is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false));
        writer.NewLine = "\r\n";
        writer.AutoFlush = true;
        if (Silent > 0)
        {
            Silent--;
            await reader.ReadToEndAsync(_ended.Token);
            return;
        }
        await writer.WriteLineAsync("220 counting.test");
        while (await reader.ReadLineAsync(_ended.Token) is { } line)
        {
            _heard.Enqueue(line);
            if (line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("250-counting.test\r\n250 AUTH PLAIN LOGIN");
                continue;
            }
            if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync(_ended.Token) is { } text && text != ".")
                {
                    // Nobody reads it.
                }
                await Before();
                Interlocked.Increment(ref _taken);
            }
            else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("221 bye");
                return;
            }
            await writer.WriteLineAsync("250 fine");
        }
    }
}
