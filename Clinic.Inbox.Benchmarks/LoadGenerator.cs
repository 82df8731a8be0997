using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clinic.Inbox.Benchmarks;

/// <summary>What a round of load measured; times in milliseconds.</summary>
internal sealed record LoadResult(double PerSecond, double P50, double P99, int Errors);

/// <summary>
/// Keep-alive HTTP/1.1 over plain sockets, one request at a time a connection: as light as can be, since it shares the
/// machine with what it measures.
/// </summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(Uri url, int connections, InboundBody[] bodies)
    {
        var requests = bodies.Select(body => Request(url, body)).ToArray();
        var times = new double[requests.Length];
        var next = -1;
        var errors = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var socket = new Socket(
                            AddressFamily.InterNetwork,
                            SocketType.Stream,
                            ProtocolType.Tcp
                        )
                        {
                            NoDelay = true,
                        };
                        await socket.ConnectAsync(IPAddress.Loopback, url.Port);
                        var buffer = new byte[4096];
                        for (int i; (i = Interlocked.Increment(ref next)) < requests.Length; )
                        {
                            var start = Stopwatch.GetTimestamp();
                            await socket.SendAsync(requests[i]);
                            if (!await ReadAnswerAsync(socket, buffer))
                            {
                                Interlocked.Increment(ref errors);
                            }
                            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                        }
                    })
                )
        );
        var seconds = watch.Elapsed.TotalSeconds;
        Array.Sort(times);
        return new LoadResult(
            requests.Length / seconds,
            times[times.Length / 2],
            times[(int)(times.Length * 0.99)],
            errors
        );
    }

    /// <summary>Reads one answer without a body; true when it is 200.</summary>
    private static async Task<bool> ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        do
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                return false;
            }
            length += read;
        } while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8));
        return buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8);
    }

    private static byte[] Request(Uri url, InboundBody body) =>
        Encoding.UTF8.GetBytes(
            $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/json\r\n"
                + $"Authorization: Bearer {body.Token}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body.Json)}\r\n\r\n{body.Json}"
        );
}
