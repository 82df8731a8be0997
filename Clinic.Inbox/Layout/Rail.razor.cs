using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace Clinic.Inbox.Layout;

/// <summary>The modules, at the left edge, or at the bottom of a phone.</summary>
public sealed partial class Rail(NavigationManager navigation, LightSignal light) : IDisposable
{
    /// <summary>See <see cref="Appearance.Choice"/>.</summary>
    [Parameter, EditorRequired]
    public string Choice { get; set; } = Appearance.Auto;

    [Parameter]
    public EventCallback<string> ChoiceChanged { get; set; }

    protected override void OnInitialized()
    {
        navigation.LocationChanged += OnLocationChanged;
        light.Changed += OnLightChanged;
    }

    private bool IsCurrent(RailModule module) =>
        ("/" + navigation.ToBaseRelativePath(navigation.Uri)).StartsWith(
            module.Root,
            StringComparison.OrdinalIgnoreCase
        );

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) =>
        _ = InvokeAsync(StateHasChanged);

    private void OnLightChanged(object? sender, EventArgs e) => _ = InvokeAsync(StateHasChanged);

    public void Dispose()
    {
        navigation.LocationChanged -= OnLocationChanged;
        light.Changed -= OnLightChanged;
    }
}

/// <summary>One place on the rail.</summary>
internal sealed record RailModule(
    string Title,
    string Icon,
    string Href,
    string Root,
    string Policy,
    bool ShowsLight = false
)
{
    public static readonly IReadOnlyList<RailModule> All =
    [
        new(
            "Schedule",
            Icons.Material.Rounded.CalendarMonth,
            Paths.Inbox,
            "/schedule",
            Policies.Desk,
            ShowsLight: true
        ),
        new("Clients", Icons.Material.Rounded.Pets, Paths.Clients, Paths.Clients, Policies.Desk),
        new(
            "Reminders",
            Icons.Material.Rounded.NotificationsActive,
            Paths.Reminders,
            Paths.Reminders,
            Policies.Desk
        ),
        new(
            "Settings",
            Icons.Material.Rounded.Settings,
            Paths.Settings,
            Paths.Settings,
            Policies.Desk
        ),
    ];
}
