using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Benchmarks;

/// <summary>The least that can be between a request and a pixel: no signature, no database, no rendering; one text node.</summary>
internal sealed class BarePixel : IAsyncDisposable
{
    private const string Page = """
        <!doctype html><title>bare</title><p id="seen">nothing yet</p>
        <script>
          const socket = new WebSocket(location.href.replace("http", "ws") + "socket");
          const text = document.getElementById("seen").firstChild;
          socket.onmessage = message => { text.data = message.data; };
        </script>
        """;

    private readonly WebApplication _app;
    private volatile WebSocket? _socket;

    private BarePixel(WebApplication app) => _app = app;

    public string Address => _app.Urls.First() + "/";

    public static async Task<BarePixel> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var bare = new BarePixel(app);
        app.UseWebSockets();
        app.MapGet("/", () => Results.Content(Page, "text/html"));
        app.MapGet("/socket", bare.ConnectAsync);
        app.MapPost("/event", bare.TellAsync);
        await app.StartAsync();
        return bare;
    }

    public async ValueTask DisposeAsync()
    {
        _socket?.Abort();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ConnectAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _socket = socket;
        try
        {
            await socket.ReceiveAsync(new byte[16], context.RequestAborted);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task TellAsync(HttpContext context)
    {
        using var said = new MemoryStream();
        await context.Request.Body.CopyToAsync(said);
        await _socket!.SendAsync(
            said.ToArray(),
            WebSocketMessageType.Text,
            endOfMessage: true,
            context.RequestAborted
        );
        context.Response.StatusCode = StatusCodes.Status200OK;
    }
}
