using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Layout;

/// <summary>The shell around every signed-in page: rail, page, light, announcer.</summary>
public sealed partial class MainLayout(IJSRuntime js, NavigationManager navigation)
{
    private string _choice = Appearance.Auto;
    private ErrorBoundary? _boundary;
    private IJSObjectReference? _module;

    /// <summary>As the server read it from the request; null outside the app (tests).</summary>
    [CascadingParameter]
    public Appearance? Initial { get; set; }

    private string SkipTarget => $"{new Uri(navigation.Uri).PathAndQuery}#page";

    protected override void OnInitialized()
    {
        _choice = Initial?.Choice ?? _choice;
        navigation.LocationChanged += OnLocationChanged;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/shell.js"]);
        await _module.InvokeVoidAsync("watchTheme");
    }

    private async Task ChooseThemeAsync(string choice)
    {
        _choice = choice;
        if (_module is not null)
        {
            await _module.InvokeVoidAsync("chooseTheme", _choice);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => Recover();

    private void Recover() => _boundary?.Recover();

    public async ValueTask DisposeAsync()
    {
        navigation.LocationChanged -= OnLocationChanged;
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
