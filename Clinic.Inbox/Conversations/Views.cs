using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>What one row of the inbox shows.</summary>
public sealed record ConversationRow(
    Id<Conversation> Id,
    Id<Line> LineId,
    PhoneNumber Number,
    Id<Client>? ClientId,
    string? ClientName,
    ConversationState State,
    int Unread,
    DateTimeOffset LastMessageAt,
    string Preview,
    bool LastWasOurs,
    bool AwaitsOptOutDecision
)
{
    public static ConversationRow Of(Conversation c) =>
        new(
            c.Id,
            c.LineId,
            c.Number,
            c.ClientId,
            c.ClientName,
            c.State,
            c.Unread,
            c.LastMessageAt,
            c.Preview,
            c.LastWasOurs,
            c.AwaitsOptOutDecision
        );
}

/// <summary>What one bubble of a thread shows.</summary>
public sealed record MessageView(
    Id<Message> Id,
    MessageDirection Direction,
    MessageKind Kind,
    string Text,
    string? Suffix,
    DateTimeOffset At,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    MessageState State,
    int Segments,
    string? ErrorCode,
    string? Error,
    string By,
    MessageKeyword? Keyword,
    IReadOnlyList<AttachmentView> Attachments,
    string? Note = null
)
{
    public static MessageView Of(Message m) =>
        new(
            m.Id,
            m.Direction,
            m.Kind,
            m.Text,
            m.Suffix,
            m.At,
            m.SentAt,
            m.DeliveredAt,
            m.State,
            m.Segments,
            m.ErrorCode,
            m.Error,
            m.By,
            m.Keyword,
            [.. m.Attachments.OrderBy(a => a.Position).Select(AttachmentView.Of)],
            m.Note
        );
}

/// <summary>What a thread shows of a file. Its bytes are at <c>/attachments/{id}</c>, its thumbnail at <c>/attachments/{id}/thumbnail</c>.</summary>
public sealed record AttachmentView(
    Id<Attachment> Id,
    string Name,
    AttachmentState State,
    string ContentType,
    long Size,
    int Width,
    int Height,
    bool HasThumbnail,
    string? Error
)
{
    /// <summary>A picture that browsers show; a HEIC photo is none.</summary>
    public bool IsImage => FileKinds.IsPicture(ContentType);
    public bool IsPdf => ContentType == FileKinds.Pdf.ContentType;

    public static AttachmentView Of(Attachment a) =>
        new(
            a.Id,
            a.Name,
            a.State,
            a.ContentType,
            a.Size,
            a.Width,
            a.Height,
            a.HasThumbnail,
            a.Error
        );
}
