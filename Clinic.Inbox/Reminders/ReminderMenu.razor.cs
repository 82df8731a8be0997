using Clinic.Inbox.Conversations.Inbox;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Reminders;

/// <summary>The gear of a reminder: a menu button as WAI-ARIA describes it, moved in by <c>js/inbox-menu.js</c>.</summary>
public sealed partial class ReminderMenu(IJSRuntime js)
{
    private ElementReference _host;
    private readonly PageScript _script = new();

    /// <summary>Tells this reminder from the others, for who hears the page.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public EventCallback OnResend { get; set; }

    /// <summary>Staff know that it arrived; without it that is not offered.</summary>
    [Parameter]
    public EventCallback OnArrived { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _script.AttachAsync(js, Assets["js/inbox-menu.js"], _host);
        }
    }

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
