using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The ⋮ menu: a menu button as WAI-ARIA describes it. <c>js/inbox-menu.js</c> opens it and moves in it.</summary>
public sealed partial class ThreadMenu(IJSRuntime js)
{
    private ElementReference _host;
    private readonly PageScript _script = new();

    [Parameter, EditorRequired]
    public ConversationRow Row { get; set; } = null!;

    /// <summary>Nobody has the number, or nobody was chosen yet.</summary>
    [Parameter]
    public bool CanAddClient { get; set; }

    /// <summary>A manager may; others see the reason.</summary>
    [Parameter]
    public bool MayDelete { get; set; }

    /// <summary><c>assign</c>, <c>add</c>, <c>unread</c>, <c>close</c> or <c>delete</c>.</summary>
    [Parameter, EditorRequired]
    public EventCallback<string> OnChoose { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _script.AttachAsync(js, Assets["js/inbox-menu.js"], _host);
        }
    }

    private RenderFragment Item(string act, string icon, string text) =>
        builder =>
        {
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "type", "button");
            builder.AddAttribute(2, "role", "menuitem");
            builder.AddAttribute(3, "tabindex", "-1");
            builder.AddAttribute(4, "class", "menu-item");
            builder.AddAttribute(
                5,
                "onclick",
                EventCallback.Factory.Create<MouseEventArgs>(this, () => ChooseAsync(act))
            );
            builder.OpenComponent<MudIcon>(6);
            builder.AddComponentParameter(7, nameof(MudIcon.Icon), icon);
            builder.AddComponentParameter(8, nameof(MudIcon.Size), Size.Small);
            builder.CloseComponent();
            builder.OpenElement(9, "span");
            builder.AddContent(10, text);
            builder.CloseElement();
            builder.CloseElement();
        };

    private Task ChooseAsync(string act) => OnChoose.InvokeAsync(act);

    private Task DeleteAsync() => MayDelete ? OnChoose.InvokeAsync("delete") : Task.CompletedTask;

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
