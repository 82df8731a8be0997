using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>A server on the loopback that plays the carrier's media host.</summary>
internal sealed class MediaHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _files = new(
        StringComparer.Ordinal
    );
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);

    private MediaHost(WebApplication app) => _app = app;

    public static async Task<MediaHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var host = new MediaHost(app);
        app.Run(host.AnswerAsync);
        await app.StartAsync();
        return host;
    }

    /// <summary>The address of a file with this content.</summary>
    public string Serve(
        byte[] content,
        string contentType = "application/octet-stream",
        string? name = null
    ) =>
        Serve(
            async context =>
            {
                context.Response.ContentType = contentType;
                await context.Response.Body.WriteAsync(content, context.RequestAborted);
            },
            name
        );

    /// <summary>The address of a file that is answered this way.</summary>
    public string Serve(RequestDelegate answer, string? name = null)
    {
        var path = "/" + (name ?? Guid.NewGuid().ToString("N"));
        _files[path] = answer;
        return _app.Urls.First() + path;
    }

    /// <summary>How often an address was asked for.</summary>
    public int AskedFor(string address) => _asked.GetValueOrDefault(new Uri(address).AbsolutePath);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _asked.AddOrUpdate(path, 1, (_, n) => n + 1);
        if (_files.TryGetValue(path, out var answer))
        {
            return answer(context);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
