using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// A Redis of a test's own on a free loopback port, keeping nothing. A shell stands between, which ends the server when its
/// input closes: nothing is left behind even by tests that were killed.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Script = """
        "$1" --port "$2" --bind 127.0.0.1 --save "" --appendonly no --dir /tmp --daemonize no >/dev/null 2>&1 &
        server=$!
        trap 'kill -9 $server 2>/dev/null' EXIT
        read -r _ || true
        """;

    private static readonly string? Binary = new[]
    {
        "/usr/bin/redis-server",
        "/usr/local/bin/redis-server",
    }.FirstOrDefault(File.Exists);

    private readonly int _port;
    private Process? _shell;

    private RedisServer(int port) => _port = port;

    /// <summary>For the setting <c>Redis</c>.</summary>
    public string ConnectionString => $"127.0.0.1:{_port},connectTimeout=2000";

    /// <summary>Skips the test where Redis is not installed.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        Assert.SkipWhen(
            Binary is null,
            "Redis is not installed (Debian package redis-server); ./test.sh installs it."
        );
        var server = new RedisServer(AppProcess.FreePort());
        await server.ReturnAsync();
        return server;
    }

    /// <summary>Ends it without a word, as a machine that goes down does.</summary>
    public async Task VanishAsync()
    {
        if (_shell is { } shell)
        {
            _shell = null;
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }
    }

    /// <summary>It is there again, on the same port, empty.</summary>
    public async Task ReturnAsync()
    {
        _shell = Process.Start(
            new ProcessStartInfo("bash")
            {
                ArgumentList =
                {
                    "-c",
                    Script,
                    "redis",
                    Binary!,
                    _port.ToString(CultureInfo.InvariantCulture),
                },
                UseShellExecute = false,
                RedirectStandardInput = true,
            }
        )!;
        await Eventually.IsTrueAsync(AnswersAsync, "Redis answers");
    }

    public async ValueTask DisposeAsync() => await VanishAsync();

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port);
            await using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await stream.ReadExactlyAsync(answer);
            return Encoding.ASCII.GetString(answer) == "+PONG";
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
