using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Benchmarks.Start;

/// <summary>The product as it is installed: published, in a process and folder of its own.</summary>
internal sealed class PublishedApp : IAsyncDisposable
{
    private readonly Process _process;

    private PublishedApp(Process process, Uri address, TimeSpan first) =>
        (_process, Address, FirstPage) = (process, address, first);

    public Uri Address { get; }

    /// <summary>From the start of the process until the sign-in page was answered in full.</summary>
    public TimeSpan FirstPage { get; }

    /// <summary>Bytes of memory, as the operating system counts them.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Publishes this source as docs/operations.md says.</summary>
    public static async Task PublishAsync(string to)
    {
        using var publish = Process.Start(
            new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    "publish",
                    Path.Combine(ContentRoot.Find(), "Clinic.Inbox"),
                    "-c",
                    "Release",
                    "-o",
                    to,
                    "--nologo",
                    "-v",
                    "q",
                    "-p:CSharpier_Bypass=true",
                },
            }
        )!;
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException("It could not be published.");
        }
    }

    /// <summary>Starts it, with its data in <paramref name="data"/>, and asks for a page until there is one.</summary>
    public static async Task<PublishedApp> StartAsync(string app, string data, bool demo = false)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var start = new ProcessStartInfo(Path.Combine(app, "Clinic.Inbox"))
        {
            WorkingDirectory = app,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = demo ? "Development" : "Production",
                ["ASPNETCORE_URLS"] = address.AbsoluteUri,
                ["PublicUrl"] = address.AbsoluteUri,
                ["ConnectionStrings__Inbox"] = $"Data Source={Path.Combine(data, "inbox.db")}",
                ["Storage__Path"] = Path.Combine(data, "attachments"),
                ["Email__Folder"] = Path.Combine(data, "mail"),
            },
        };
        if (!demo)
        {
            using var key = RSA.Create(2048);
            start.Environment["Vonage__ApplicationId"] = Guid.NewGuid().ToString();
            start.Environment["Vonage__PrivateKey"] = key.ExportPkcs8PrivateKeyPem();
            start.Environment["Vonage__SignatureSecret"] = InboundBody.Secret;
        }
        using var http = new HttpClient();
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        while (true)
        {
            try
            {
                var page = await http.GetStringAsync(new Uri(address, "account/sign-in"));
                return page.Contains("</html>", StringComparison.Ordinal)
                    ? new PublishedApp(process, address, Stopwatch.GetElapsedTime(began))
                    : throw new InvalidOperationException("Half a page.");
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // It does not listen yet.
                await Task.Delay(10);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
