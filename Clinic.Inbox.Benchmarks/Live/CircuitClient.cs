using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using MessagePack;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// One window on the inbox without a browser: it gets the page, starts its circuit and answers what a browser answers. It
/// draws nothing; it reads what there is to draw.
/// </summary>
internal sealed class CircuitClient : IDisposable
{
    private const string Page = "schedule/inbox";

    private readonly Uri _app;
    private readonly string _cookie;
    private readonly TaskCompletionSource _alive = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Dictionary<string, TaskCompletionSource<object?>> _asked = new(
        StringComparer.Ordinal
    );
    private FrameSocket _socket = null!;
    private Task _reading = Task.CompletedTask;
    private string _secret = "";
    private long _pageObject;
    private long _objects;
    private int _calls;
    private volatile bool _dropped;

    private CircuitClient(Uri app, Cookie cookie, Desk desk) =>
        (_app, _cookie, Shown) = (app, $"{cookie.Name}={cookie.Value}", new Shown(desk));

    public Shown Shown { get; }

    /// <summary>Why the server ended it; null: it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Opens the inbox and returns when its page is alive: subscribed and caught up.</summary>
    public static async Task<CircuitClient> OpenAsync(
        Uri app,
        Cookie cookie,
        HttpClient http,
        Desk desk
    )
    {
        var client = new CircuitClient(app, cookie, desk);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app, Page));
        request.Headers.Add("Cookie", client._cookie);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var markers = PageMarkers.Read(await answer.Content.ReadAsStringAsync());
        await client.ConnectAsync();
        client._secret =
            await client.AskAsync(
                "StartCircuit",
                app.AbsoluteUri,
                new Uri(app, Page).AbsoluteUri,
                "[]",
                markers.State
            ) as string
            ?? throw new InvalidOperationException("The circuit was not started.");
        await client._socket.SendAsync(
            BlazorPack.Call(null, "UpdateRootComponents", markers.Operations, markers.State)
        );
        await client._alive.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return client;
    }

    public Task PingAsync() =>
        _dropped ? Task.CompletedTask : _socket.SendAsync(BlazorPack.PingMessage);

    /// <summary>The network goes away.</summary>
    public async Task DropAsync()
    {
        _dropped = true;
        _socket.Drop();
        await _reading;
        _socket.Dispose();
    }

    /// <summary>Comes back to the same circuit and asks what was missed, as the page's script does.</summary>
    /// <returns>False: the server has it no more.</returns>
    public async Task<bool> ReconnectAsync()
    {
        _dropped = false;
        await ConnectAsync();
        if (await AskAsync("ConnectCircuit", _secret) is not true)
        {
            return false;
        }
        var call = Interlocked
            .Increment(ref _calls)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
        await _socket.SendAsync(
            BlazorPack.Call(
                null,
                "BeginInvokeDotNetFromJS",
                call,
                null,
                "CatchUp",
                _pageObject,
                "[]"
            )
        );
        return true;
    }

    public void Dispose()
    {
        _dropped = true;
        _socket.Drop();
        _socket.Dispose();
    }

    private async Task ConnectAsync()
    {
        _socket = await FrameSocket.ConnectAsync(
            new Uri(_app, "_blazor"),
            "blazorpack",
            Framing.Binary,
            _cookie
        );
        _reading = Task.Run(ReadAsync);
    }

    private async Task<object?> AskAsync(string target, params object?[] arguments)
    {
        var id = Interlocked
            .Increment(ref _calls)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
        var asked = new TaskCompletionSource<object?>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        lock (_asked)
        {
            _asked[id] = asked;
        }
        await _socket.SendAsync(BlazorPack.Call(id, target, arguments));
        return await asked.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.NextAsync() is { Length: > 0 } message)
            {
                if (Take(message) is { } answer)
                {
                    await _socket.SendAsync(answer);
                }
            }
        }
        catch (Exception gone)
            when (_dropped
                && gone
                    is WebSocketException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            return;
        }
        catch (Exception failure)
        {
            Error ??= failure.ToString();
        }
        if (!_dropped)
        {
            Fail(Error ??= "The server hung up.");
        }
    }

    /// <summary>Takes one message of the hub; returns what is to be answered.</summary>
    private byte[]? Take(ReadOnlyMemory<byte> message)
    {
        var reader = new MessagePackReader(message);
        reader.ReadArrayHeader();
        switch (reader.ReadInt32())
        {
            case BlazorPack.Invocation:
                reader.Skip();
                reader.Skip();
                var target = reader.ReadString();
                var count = reader.ReadArrayHeader();
                return Invoked(target, count, ref reader);
            case BlazorPack.Completion:
                reader.Skip();
                Completed(reader.ReadString()!, ref reader);
                break;
            case BlazorPack.Close:
                Fail(reader.ReadString() ?? "Closed.");
                break;
        }
        return null;
    }

    private byte[]? Invoked(string? target, int count, ref MessagePackReader reader)
    {
        switch (target)
        {
            case "JS.RenderBatch":
                var batch = reader.ReadInt64();
                if (reader.ReadBytes() is { } bytes)
                {
                    Shown.Take(bytes.FirstSpan);
                }
                return BlazorPack.Call(null, "OnRenderCompleted", batch, null);
            case "JS.BeginInvokeJS":
                var handle = reader.ReadInt64();
                var name = reader.ReadString() ?? "";
                var arguments = reader.ReadString() ?? "";
                // 1: an object that stays in the browser.
                var returnsObject = count > 3 && reader.ReadInt32() == 1;
                return CalledScript(handle, name, arguments, returnsObject);
            case "JS.Error":
                Fail(reader.ReadString() ?? "An error without a word.");
                break;
        }
        return null;
    }

    private byte[]? CalledScript(long handle, string name, string arguments, bool returnsObject)
    {
        if (name == "attach" && _pageObject == 0 && PageObjectOf(arguments) is { } page)
        {
            _pageObject = page;
        }
        if (handle == 0)
        {
            return null;
        }
        var result = returnsObject
            ? $$"""{"__jsObjectId":{{++_objects}}}"""
            : name switch
            {
                "preferences" => """{"sound":false,"notify":false,"permission":"default"}""",
                _ => "null",
            };
        if (_pageObject != 0)
        {
            _alive.TrySetResult();
        }
        return BlazorPack.Call(
            null,
            "EndInvokeJSFromDotNet",
            handle,
            true,
            $"[{handle},true,{result}]"
        );
    }

    private static long? PageObjectOf(string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        foreach (var argument in json.RootElement.EnumerateArray())
        {
            if (
                argument.ValueKind == JsonValueKind.Object
                && argument.TryGetProperty("__dotNetObject", out var id)
            )
            {
                return id.GetInt64();
            }
        }
        return null;
    }

    private void Completed(string id, ref MessagePackReader reader)
    {
        TaskCompletionSource<object?>? asked;
        lock (_asked)
        {
            _asked.Remove(id, out asked);
        }
        // 1: it failed; 2: no result; 3: a result.
        switch (reader.ReadInt32())
        {
            case 1:
                asked?.TrySetException(
                    new InvalidOperationException(reader.ReadString() ?? "It failed.")
                );
                break;
            case 2:
                asked?.TrySetResult(null);
                break;
            default:
                asked?.TrySetResult(
                    reader.NextMessagePackType switch
                    {
                        MessagePackType.String => reader.ReadString(),
                        MessagePackType.Boolean => reader.ReadBoolean(),
                        _ => null,
                    }
                );
                break;
        }
    }

    private void Fail(string error)
    {
        Error ??= error;
        var failure = new InvalidOperationException(error);
        _alive.TrySetException(failure);
        lock (_asked)
        {
            foreach (var asked in _asked.Values)
            {
                asked.TrySetException(failure);
            }
            _asked.Clear();
        }
    }
}
