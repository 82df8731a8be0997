using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clinic.Inbox.Tests.AfterHours;

/// <summary>Takes one email as RFC 5321 says, and no more.</summary>
internal sealed class SmallSmtpServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Task<string> _received;

    public SmallSmtpServer(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _received = ServeAsync();
    }

    /// <summary>Envelope and message, once it was handed over.</summary>
    public Task<string> ReceivedAsync() =>
        _received.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    public void Dispose() => _listener.Dispose();

    private async Task<string> ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false));
        writer.NewLine = "\r\n";
        writer.AutoFlush = true;
        await writer.WriteLineAsync("220 small.test");
        var said = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            said.AppendLine(line);
            if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync() is { } text && text != ".")
                {
                    said.AppendLine(text);
                }
            }
            else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("221 bye");
                break;
            }
            await writer.WriteLineAsync("250 fine");
        }
        return said.ToString();
    }
}
