using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// The app in a process of its own, for example on the database and carrier of a <see cref="Walk"/>: one that can be killed.
/// </summary>
internal sealed class AppProcess : IDisposable
{
    /// <summary>A keyword of the runtime's events (learn.microsoft.com, "GC events": GCHeapCollect).</summary>
    private const long ManagedHeapCollect = 0x800000;

    private const int FirstPort = 20_000;

    /// <summary>Linux gives out ports from 32768 on by itself.</summary>
    private const int Ports = 12_000;

    private static int _ports = Random.Shared.Next(Ports);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said;

    private AppProcess(Process process, Uri address, ConcurrentQueue<string> said)
    {
        (_process, Address, _said) = (process, address, said);
        Http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Where it listens, once it does: see <see cref="UntilReadyAsync"/>.</summary>
    public Uri Address { get; }

    /// <summary>No cookies are kept and redirects are followed.</summary>
    public HttpClient Http { get; }

    /// <summary>The first thousand lines that it wrote: what it logs.</summary>
    public IReadOnlyCollection<string> Said => _said;

    /// <summary>It has ended by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Started, and answering.</summary>
    /// <param name="port">Where it listens; null: somewhere.</param>
    /// <param name="more">Instead of the walk's settings.</param>
    public static async Task<AppProcess> StartReadyAsync(
        Walk walk,
        int? port = null,
        params (string Key, string Value)[] more
    )
    {
        var process = Start(walk, port, more);
        await process.UntilReadyAsync();
        return process;
    }

    /// <inheritdoc cref="StartReadyAsync"/>
    public static AppProcess Start(
        Walk walk,
        int? port = null,
        params (string Key, string Value)[] more
    ) => Start(port, walk.Settings!.Concat(more), []);

    /// <param name="settings">Beside or instead of the defaults, which are those of an empty clinic in Development.</param>
    /// <param name="variables">Environment variables, of the runtime for example.</param>
    public static AppProcess Start(
        IEnumerable<(string Key, string Value)> settings,
        params (string Name, string Value)[] variables
    ) => Start(port: null, settings, variables);

    private static AppProcess Start(
        int? port,
        IEnumerable<(string Key, string Value)> settings,
        (string Name, string Value)[] variables
    )
    {
        var address = $"http://127.0.0.1:{port ?? FreePort()}";
        var start = new ProcessStartInfo("bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c",
                // What can't be written for want of room is an error to be told, not the end: see RoomAsync.
                "trap '' XFSZ; exec dotnet \"$@\"",
                "bash",
                Path.Combine(AppContext.BaseDirectory, "Clinic.Inbox.dll"),
                "--environment=Development",
                "--urls=" + address,
                "--Demo:Enabled=false",
                "--Storage:Path=" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                "--Email:Folder=" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            },
        };
        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        // Read all the time, or a full pipe would stop it.
        var said = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new AppProcess(process, new Uri(address + "/"), said);

        void Keep(string? line)
        {
            if (line is not null && said.Count < 1_000)
            {
                said.Enqueue(line);
            }
        }
    }

    /// <summary>Waits until it answers; fails with what it said when it ends instead.</summary>
    public Task UntilReadyAsync() =>
        Eventually.IsTrueAsync(
            async () =>
            {
                Assert.False(_process.HasExited, string.Join('\n', _said));
                try
                {
                    using var answer = await Http.GetAsync("health/live");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the process answers"
        );

    /// <summary>What <c>/health/ready</c> answers.</summary>
    public async Task<HttpStatusCode> ReadyAsync()
    {
        using var answer = await Http.GetAsync(
            "health/ready",
            TestContext.Current.CancellationToken
        );
        return answer.StatusCode;
    }

    /// <summary>A browser of somebody whose session lies in its database.</summary>
    public HttpClient Desk(DeskUser user)
    {
        var cookies = new CookieContainer();
        cookies.Add(Address, new Cookie(user.Cookie.Name, user.Cookie.Value));
        return new HttpClient(new HttpClientHandler { CookieContainer = cookies })
        {
            BaseAddress = Address,
        };
    }

    /// <summary>
    /// From now on no file that it writes may grow beyond <paramref name="bytes"/>, as on a full disk; null: there is room
    /// again.
    /// </summary>
    public async Task RoomAsync(long? bytes)
    {
        var limit = bytes?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        using var change = Process.Start(
            "prlimit",
            ["--pid", _process.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={limit}:"]
        );
        await change.WaitForExitAsync();
        Assert.Equal(0, change.ExitCode);
    }

    /// <summary>
    /// A port that the system gives to nobody by itself: while its server is not there yet, or away, none of the other tests'
    /// servers and connections takes it.
    /// </summary>
    internal static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (Interlocked.Increment(ref _ports) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    /// <summary>Has it collect its whole heap: who listens to this event of the runtime brings it about.</summary>
    public async Task CollectAsync(CancellationToken cancellation)
    {
        var heap = new EventPipeProvider(
            "Microsoft-Windows-DotNETRuntime",
            EventLevel.Informational,
            ManagedHeapCollect
        );
        using var session = await new DiagnosticsClient(_process.Id).StartEventPipeSessionAsync(
            [heap],
            requestRundown: false,
            circularBufferMB: 1,
            cancellation
        );
        var reading = session.EventStream.CopyToAsync(Stream.Null, cancellation);
        await session.StopAsync(cancellation);
        await reading;
    }

    /// <summary>Kills it as <c>kill -9</c> does and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        Http.Dispose();
        _process.Dispose();
    }
}
