using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Layout;

/// <summary>Who is signed in, colours, sound, desktop notification, sign out.</summary>
public sealed partial class UserMenu(IJSRuntime js) : IAsyncDisposable
{
    private static readonly (string Choice, string Name)[] Choices =
    [
        (Appearance.Auto, "Auto"),
        (Appearance.Light, "Light"),
        (Appearance.DarkChoice, "Dark"),
    ];

    private IJSObjectReference? _module;
    private bool _sound;
    private bool _notify;
    private string _permission = "default";

    /// <summary>See <see cref="Appearance.Choice"/>.</summary>
    [Parameter, EditorRequired]
    public string Choice { get; set; } = Appearance.Auto;

    [Parameter]
    public EventCallback<string> ChoiceChanged { get; set; }

    private string NotifyHint =>
        _permission switch
        {
            "denied" => "Blocked in this browser's settings",
            "unsupported" => "This browser has none",
            _ => "Names the sender, never the text",
        };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/light.js"]);
        Take(await _module.InvokeAsync<LightPreferences>("preferences"));
        StateHasChanged();
    }

    private async Task ToggleSoundAsync(ChangeEventArgs e)
    {
        if (_module is not null)
        {
            Take(await _module.InvokeAsync<LightPreferences>("setSound", e.Value is true));
        }
    }

    private async Task ToggleNotifyAsync(ChangeEventArgs e)
    {
        if (_module is not null)
        {
            Take(await _module.InvokeAsync<LightPreferences>("setNotify", e.Value is true));
        }
    }

    private void Take(LightPreferences? preferences)
    {
        if (preferences is not null)
        {
            (_sound, _notify, _permission) = preferences;
        }
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

/// <summary>What this browser does on a new text, kept in its own storage.</summary>
/// <param name="Permission">default, granted, denied or unsupported.</param>
internal sealed record LightPreferences(bool Sound, bool Notify, string Permission);
