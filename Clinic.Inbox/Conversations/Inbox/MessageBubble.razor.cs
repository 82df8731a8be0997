using Clinic.Inbox.Documents;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>One text of the thread. It is drawn anew only when the text has changed.</summary>
public sealed partial class MessageBubble
{
    private (MessageView? Message, bool Joined, string? Name, SentDocument? About) _shown;
    private bool _changed;

    [Parameter, EditorRequired]
    public MessageView Message { get; set; } = null!;

    /// <summary>The client's name or number.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    /// <summary>It follows another of the same side within minutes: it stands close to it.</summary>
    [Parameter]
    public bool Joined { get; set; }

    /// <summary>What its private link leads to; null: it carries none, or nobody knows yet.</summary>
    [Parameter]
    public SentDocument? About { get; set; }

    [Parameter]
    public EventCallback<AttachmentView> OnOpen { get; set; }

    /// <summary>Sends a failed or unconfirmed text again; without it there is no button.</summary>
    [Parameter]
    public EventCallback<MessageView> OnRetry { get; set; }

    /// <summary>Staff know that an unconfirmed text arrived.</summary>
    [Parameter]
    public EventCallback<MessageView> OnAssume { get; set; }

    private bool IsOurs => Message.Direction == MessageDirection.Outbound;

    private string? Label =>
        Message.Kind switch
        {
            MessageKind.AutoResponse => "Auto-response",
            MessageKind.System => "Automatic reply",
            MessageKind.Document => "Document",
            _ => null,
        };

    /// <summary>"May confirm …": somebody at the desk has to ask.</summary>
    private bool NoteIsTask =>
        Message.Note?.StartsWith("May confirm", StringComparison.Ordinal) is true;

    protected override void OnParametersSet()
    {
        var wanted = (Message, Joined, Name, About);
        _changed = wanted != _shown;
        _shown = wanted;
    }

    protected override bool ShouldRender() => _changed;
}
