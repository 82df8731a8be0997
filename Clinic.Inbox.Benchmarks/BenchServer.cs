using Microsoft.AspNetCore.Builder;

namespace Clinic.Inbox.Benchmarks;

/// <summary>A Kestrel on a free loopback port.</summary>
internal sealed class BenchServer(WebApplication app, IDisposable? with) : IAsyncDisposable
{
    public string Address { get; private set; } = "";
    public IServiceProvider Services => app.Services;

    public static async Task<BenchServer> StartAsync(WebApplication app, IDisposable? with = null)
    {
        await app.StartAsync();
        return new BenchServer(app, with) { Address = app.Urls.First() + "/" };
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        with?.Dispose();
    }
}
