using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.People;

/// <summary>Shows an invitation or reset link, once.</summary>
public sealed partial class LinkDialog(IJSRuntime js) : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private string? _told;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    /// <summary>The whole address.</summary>
    [Parameter, EditorRequired]
    public string Link { get; set; } = "";

    /// <summary>Whose account it opens.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>They never had a password.</summary>
    [Parameter]
    public bool Invitation { get; set; }

    private async Task CopyAsync()
    {
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/copy.js"]);
        _told = await _module.InvokeAsync<bool>("copy", Link)
            ? "Copied"
            : "Select the link and copy it yourself";
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
