using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The middle pane: header, texts, composer. <c>js/inbox-thread.js</c> watches the scrolling.</summary>
public sealed partial class ThreadPane(IJSRuntime js, IDialogService dialogs)
{
    private ElementReference _pane;
    private readonly PageScript _script = new();
    private bool _loadingOlder;

    [Parameter, EditorRequired]
    public InboxThread Thread { get; set; } = null!;

    /// <summary>The client's name or number.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>Who looks at it: their own texts are known by it.</summary>
    [Parameter]
    public string Me { get; set; } = "";

    [Parameter]
    public bool SideShown { get; set; }

    [Parameter]
    public bool MayDelete { get; set; }

    [Parameter]
    public EventCallback OnSide { get; set; }

    /// <summary>See <see cref="ThreadMenu.OnChoose"/>.</summary>
    [Parameter]
    public EventCallback<string> OnChoose { get; set; }

    [Parameter]
    public EventCallback OnOlder { get; set; }

    [Parameter, EditorRequired]
    public Func<Id<Conversation>, Task<IReadOnlyList<MessageView>>> LoadEarlier { get; set; } =
        null!;

    [Parameter]
    public EventCallback<MessageView> OnRetry { get; set; }

    [Parameter]
    public EventCallback<MessageView> OnAssume { get; set; }

    [Parameter]
    public EventCallback<bool> OnDecide { get; set; }

    [Parameter]
    public EventCallback<LockWayOut> OnWayOut { get; set; }

    /// <summary>See <see cref="Composer.OnDocument"/>.</summary>
    [Parameter]
    public EventCallback OnDocument { get; set; }

    /// <summary>See <see cref="Composer.Send"/>.</summary>
    [Parameter, EditorRequired]
    public Func<string, string, IReadOnlyList<StoredFile>, Task<string?>> Send { get; set; } =
        null!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _script.AttachAsync(js, Assets["js/inbox-thread.js"], _pane);
        }
    }

    /// <summary>Whether I sent this text since: asked when a page was lost while it was being handed over.</summary>
    private bool WasSent(string text, DateTimeOffset since) =>
        Thread.Messages.Any(message =>
            message.Direction == MessageDirection.Outbound
            && message.By == Me
            && message.At >= since
            && message.Text == text.Trim()
        );

    private async Task OlderAsync()
    {
        if (_loadingOlder)
        {
            return;
        }
        _loadingOlder = true;
        try
        {
            await OnOlder.InvokeAsync();
        }
        finally
        {
            _loadingOlder = false;
        }
    }

    private Task OpenFileAsync(AttachmentView file) =>
        file.IsPdf
            ? dialogs.ShowPdfAsync(file)
            : dialogs.ShowPhotosAsync(
                [.. Thread.Messages.SelectMany(m => m.Attachments).Append(file)],
                file
            );

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
