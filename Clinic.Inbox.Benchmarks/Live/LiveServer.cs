using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>What the server process holds.</summary>
/// <param name="Resident">Bytes of memory, as the operating system counts them.</param>
/// <param name="Heap">Bytes of live objects.</param>
/// <param name="Allocated">Bytes allocated since the start.</param>
/// <param name="Processor">Milliseconds of processor time since the start.</param>
internal sealed record Held(long Resident, long Heap, long Allocated, double Processor);

/// <summary>
/// The process that is measured: the product, and beside it a bare hub for the reference. A process of its own, so that
/// 500 clients are not counted as its memory.
/// </summary>
internal static class LiveServer
{
    public const string Command = "live-server";

    /// <summary>Before the line that tells where it listens.</summary>
    public const string Mark = "@live ";

    /// <summary>Runs until its input closes.</summary>
    public static async Task RunAsync(string folder, int users)
    {
        await using var app = await PixelApp.StartAsync(folder, users);
        await using var bare = await BareAsync();
        var told = new LiveAddress(
            app.Address,
            bare.Address,
            app.Cookies[0].Name,
            [.. app.Cookies.Select(c => c.Value)]
        );
        Console.WriteLine(Mark + JsonSerializer.Serialize(told));
        await Console.In.ReadToEndAsync();
    }

    private static async Task<BenchServer> BareAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<BareHub>("/hub");
        app.MapPost(
            "/tell",
            async (int number, int bytes, IHubContext<BareHub> hub) =>
                await hub.Clients.All.SendAsync("changed", $"sorry ({number})".PadRight(bytes, '.'))
        );
        app.MapGet("/held", () => Results.Json(Hold()));
        return await BenchServer.StartAsync(app);
    }

    private static Held Hold()
    {
        var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime.TotalMilliseconds;
        var allocated = GC.GetTotalAllocatedBytes();
        // What is garbage is no circuit's: it goes, and its memory back to the machine.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        process.Refresh();
        return new Held(process.WorkingSet64, GC.GetTotalMemory(false), allocated, processor);
    }

    private sealed class BareHub : Hub;
}

/// <summary>Where the measured process listens, and the sessions of its users.</summary>
internal sealed record LiveAddress(
    string App,
    string Bare,
    string CookieName,
    IReadOnlyList<string> Cookies
);
