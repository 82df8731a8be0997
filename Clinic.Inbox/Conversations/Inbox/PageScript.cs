using Microsoft.JSInterop;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// A small module of a component, and what it returned to hold on to. A browser that is gone is no error, and neither is a
/// component that is gone before its module has come.
/// </summary>
internal sealed class PageScript : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private IJSObjectReference? _attached;
    private bool _ended;

    /// <summary>Loads the module and calls its <c>attach</c>, which returns an object with <c>detach</c>.</summary>
    public async Task AttachAsync(IJSRuntime js, string address, params object?[] arguments)
    {
        try
        {
            _module = await js.InvokeAsync<IJSObjectReference>("import", "./" + address);
            if (!_ended)
            {
                _attached = await _module.InvokeAsync<IJSObjectReference>("attach", arguments);
            }
        }
        catch (Exception failure)
            // Cancelled: the browser went while it was asked, or did not answer for a minute.
            when (failure is JSDisconnectedException or TaskCanceledException
                || (_ended && failure is JSException or ObjectDisposedException)
            )
        {
            // The browser is gone, or what it should have attached to.
        }
        if (_ended)
        {
            await LetGoAsync();
        }
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

    /// <summary>Calls a function of what <c>attach</c> returned and takes its answer; the type's default before it has come.</summary>
    /// <exception cref="JSDisconnectedException">The browser is gone.</exception>
    public async ValueTask<T?> AskAsync<T>(string name) =>
        _attached is null ? default : await _attached.InvokeAsync<T>(name);

    public ValueTask DisposeAsync()
    {
        _ended = true;
        return LetGoAsync();
    }

    private async ValueTask LetGoAsync()
    {
        var (module, attached) = (_module, _attached);
        (_module, _attached) = (null, null);
        try
        {
            if (attached is not null)
            {
                await attached.InvokeVoidAsync("detach");
                await attached.DisposeAsync();
            }
            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }
}
