using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>The measured process as its measurer sees it: this program once more, as <see cref="LiveServer"/>.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, LiveAddress address)
    {
        _process = process;
        App = new Uri(address.App);
        Bare = new Uri(address.Bare);
        Cookies = [.. address.Cookies.Select(value => new Cookie(address.CookieName, value))];
    }

    public Uri App { get; }
    public Uri Bare { get; }
    public IReadOnlyList<Cookie> Cookies { get; }

    public static async Task<ServerProcess> StartAsync(string folder, int users)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                LiveServer.Command,
                folder,
                users.ToString(CultureInfo.InvariantCulture),
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(LiveServer.Mark, StringComparison.Ordinal))
            {
                var address = JsonSerializer.Deserialize<LiveAddress>(
                    line[LiveServer.Mark.Length..]
                )!;
                // Whatever else it says is of no interest, but must be read.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ServerProcess(process, address);
            }
            await Console.Error.WriteLineAsync(line);
        }
        throw new InvalidOperationException("The measured process ended before it began.");
    }

    public async Task<Held> HeldAsync(HttpClient http) =>
        (
            await http.GetFromJsonAsync<Held>(
                new Uri(Bare, "held"),
                new JsonSerializerOptions(JsonSerializerDefaults.Web)
            )
        )!;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
