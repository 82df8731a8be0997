using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Layout;

/// <summary>
/// Brings the red light from the feed to this browser: rail and tabs through <see cref="LightSignal"/>, and title, favicon,
/// sound and desktop notification through <c>js/light.js</c>. One per circuit, in <see cref="MainLayout"/>.
/// </summary>
public sealed class LightHost(IJSRuntime js, LightSignal light) : ComponentBase, IAsyncDisposable
{
    private IJSObjectReference? _module;

    protected override void OnInitialized() => light.Changed += OnLightChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _module = await js.InvokeAsync<IJSObjectReference>(
                "import",
                "./" + Assets["js/light.js"]
            );
            await ShowAsync();
        }
    }

    /// <summary>A text came in: lights up, and tells the person as they chose.</summary>
    /// <param name="key">Names the text, so that several tabs of one browser make one sound.</param>
    /// <param name="from">The sender's name or number.</param>
    /// <param name="href">Where the conversation is.</param>
    public Task AnnounceAsync(string key, string from, string href) =>
        InvokeAsync(async () =>
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("announce", key, from, href);
            }
        });

    private void OnLightChanged(object? sender, EventArgs e) => _ = InvokeAsync(ShowAsync);

    private async Task ShowAsync()
    {
        if (_module is not null)
        {
            await _module.InvokeVoidAsync("show", light.Unread, light.Flashing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        light.Changed -= OnLightChanged;
        if (_module is not null)
        {
            try
            {
                await _module.InvokeVoidAsync("show", 0, false);
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and its module with it.
            }
        }
    }
}
