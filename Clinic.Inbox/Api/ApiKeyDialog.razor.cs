using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.Api;

/// <summary>Shows a new key, once.</summary>
public sealed partial class ApiKeyDialog(IJSRuntime js) : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private bool _copied;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public string Secret { get; set; } = "";

    private async Task CopyAsync()
    {
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/copy.js"]);
        _copied = await _module.InvokeAsync<bool>("copy", Secret);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
        {
            try
            {
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and its module with it.
            }
        }
    }
}
