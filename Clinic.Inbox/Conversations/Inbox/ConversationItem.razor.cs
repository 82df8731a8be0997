using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using NodaTime;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>One row of the list. It is drawn anew only when what it shows has changed.</summary>
public sealed partial class ConversationItem(ClinicNumbers numbers)
{
    private (ConversationRow? Row, InboxHit? Hit, bool Selected, LocalDate Today) _shown;
    private bool _changed;

    [Parameter, EditorRequired]
    public ConversationRow Row { get; set; } = null!;

    /// <summary>What it was found by; null: nothing is searched.</summary>
    [Parameter]
    public InboxHit? Hit { get; set; }

    [Parameter]
    public bool Selected { get; set; }

    /// <summary>The clinic's day: "Yesterday" is not what it was.</summary>
    [Parameter]
    public LocalDate Today { get; set; }

    /// <summary>The conversation, at the text that was found.</summary>
    private string Address =>
        Hit?.MessageId is { } text
            ? $"{Paths.Inbox}/{Row.Id}?text={text}"
            : $"{Paths.Inbox}/{Row.Id}";

    private string Name => Row.ClientName ?? numbers.Write(Row.Number);

    protected override void OnParametersSet()
    {
        var wanted = (Row, Hit, Selected, Today);
        _changed = wanted != _shown;
        _shown = wanted;
    }

    protected override bool ShouldRender() => _changed;
}
