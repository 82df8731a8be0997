using System.Text.Json.Serialization;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Api;

/// <summary>A virtual number that the clinic texts from.</summary>
/// <param name="Number">E.164 with <c>+</c>.</param>
/// <param name="PausedReason">Why nothing leaves now; null when the line sends.</param>
internal sealed record ApiLine(string Id, string Number, AddOn AddOn, string? PausedReason)
{
    public static ApiLine Of(Line line) =>
        new(line.Id.ToString(), line.Number.Value, line.AddOn, line.PausedReason);
}

/// <summary>The exchange between one line and one number.</summary>
/// <param name="Number">E.164 with <c>+</c>; bare digits for a short code.</param>
/// <param name="ClientId">Null while nobody knows whose number it is.</param>
/// <param name="Unread">Texts nobody at the desk has read.</param>
/// <param name="Preview">The last message in one line of at most 120 characters.</param>
/// <param name="AwaitsOptOutDecision">A text may be meant as an opt-out; staff decide.</param>
internal sealed record ApiConversation(
    string Id,
    string LineId,
    string Number,
    string? ClientId,
    string? ClientName,
    ConversationState State,
    int Unread,
    DateTimeOffset LastMessageAt,
    string Preview,
    bool AwaitsOptOutDecision
)
{
    public static ApiConversation Of(ConversationRow row) =>
        new(
            row.Id.ToString(),
            row.LineId.ToString(),
            row.Number.Value,
            row.ClientId?.ToString(),
            row.ClientName,
            row.State,
            row.Unread,
            row.LastMessageAt,
            row.Preview,
            row.AwaitsOptOutDecision
        );
}

/// <summary>One text, in or out.</summary>
/// <param name="Text">What was written.</param>
/// <param name="Suffix">What the first text to a number carries after it: the clinic's name and how to stop; else null.</param>
/// <param name="SentAt">When it was sent; while it waits, when it was queued.</param>
/// <param name="State">
/// <c>received</c>; or <c>queued</c>, <c>sending</c>, <c>sent</c>, <c>delivered</c>, <c>failed</c>, and <c>unconfirmed</c>
/// when nobody knows whether it left.
/// </param>
/// <param name="Segments">As the carrier charges them; 0 for a pure MMS.</param>
/// <param name="Error">Why it failed or is unconfirmed, in plain words; else null.</param>
/// <param name="ErrorCode">The carrier's code, or <c>optedOut</c> and the like; else null.</param>
/// <param name="By">Who wrote it; empty for inbound and automatic texts.</param>
internal sealed record ApiMessage(
    string Id,
    string ConversationId,
    MessageDirection Direction,
    MessageKind Kind,
    string Text,
    string? Suffix,
    DateTimeOffset SentAt,
    DateTimeOffset? DeliveredAt,
    MessageState State,
    int Segments,
    string? Error,
    string? ErrorCode,
    string By,
    IReadOnlyList<ApiAttachment> Attachments
)
{
    public static ApiMessage Of(string conversationId, MessageView message) =>
        new(
            message.Id.ToString(),
            conversationId,
            message.Direction,
            message.Kind,
            message.Text,
            message.Suffix,
            message.SentAt ?? message.At,
            message.DeliveredAt,
            message.State,
            message.Segments,
            message.Error,
            message.ErrorCode,
            message.By,
            [.. message.Attachments.Select(ApiAttachment.Of)]
        );
}

/// <summary>A file of a message.</summary>
/// <param name="ContentType">What its bytes say it is; empty while it is still with the carrier.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Url">Where it opens with an API key that may read.</param>
internal sealed record ApiAttachment(
    string Id,
    string Name,
    AttachmentState State,
    string ContentType,
    long Size,
    string Url
)
{
    public static ApiAttachment Of(AttachmentView file) =>
        new(
            file.Id.ToString(),
            file.Name,
            file.State,
            file.ContentType,
            file.Size,
            $"/attachments/{file.Id}"
        );
}

/// <summary>A conversation to open.</summary>
/// <param name="LineId">May be left out when the clinic has one two-way line.</param>
/// <param name="Number">The number to text, best as E.164; or give <paramref name="ClientId"/>.</param>
/// <param name="ClientId">Whose first mobile is texted when there is no number.</param>
internal sealed record NewConversation(string? LineId, string? Number, string? ClientId);

/// <param name="Text">1 to 1,000 characters.</param>
internal sealed record NewMessage([property: JsonConverter(typeof(LenientText))] string? Text);

/// <param name="AddNumber">Whether the number becomes a mobile of the client, too; false when not given.</param>
internal sealed record Assignment(string? ClientId, bool AddNumber = false);

/// <summary>A text to look at.</summary>
internal sealed record TextToAnalyze([property: JsonConverter(typeof(LenientText))] string? Text);

/// <param name="Encoding"><c>GSM-7</c> or <c>UCS-2</c>.</param>
/// <param name="Segments">What it costs to send; 0 for an empty text.</param>
/// <param name="Class">
/// What it would ask for, had a client sent it: <c>opt-out</c>, <c>possible-opt-out</c>, <c>opt-in</c>, <c>help</c>,
/// <c>confirm</c> or <c>none</c>.
/// </param>
internal sealed record AnalyzedText(string Encoding, int Characters, int Segments, string Class);
