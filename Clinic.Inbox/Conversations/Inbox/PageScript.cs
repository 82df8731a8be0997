using Microsoft.JSInterop;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>A small module of a component, and what it returned to hold on to. A browser that is gone is no error.</summary>
internal sealed class PageScript(IJSObjectReference module) : IAsyncDisposable
{
    private IJSObjectReference? _attached;

    /// <summary>Loads the module and calls its <c>attach</c>, which returns an object with <c>detach</c>.</summary>
    public static async Task<PageScript> AttachAsync(
        IJSRuntime js,
        string address,
        params object?[] arguments
    )
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./" + address);
        var script = new PageScript(module);
        script._attached = await module.InvokeAsync<IJSObjectReference>("attach", arguments);
        return script;
    }

    /// <summary>Calls a function of what <c>attach</c> returned.</summary>
    public async Task RunAsync(string name, params object?[] arguments)
    {
        try
        {
            if (_attached is not null)
            {
                await _attached.InvokeVoidAsync(name, arguments);
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }

    /// <summary>Calls a function of what <c>attach</c> returned and takes its answer.</summary>
    /// <exception cref="JSDisconnectedException">The browser is gone.</exception>
    public ValueTask<T> AskAsync<T>(string name) => _attached!.InvokeAsync<T>(name);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_attached is not null)
            {
                await _attached.InvokeVoidAsync("detach");
                await _attached.DisposeAsync();
            }
            await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }
}
