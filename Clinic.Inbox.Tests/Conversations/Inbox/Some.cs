using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Search;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

/// <summary>Rows and texts as the inbox shows them; each says only what a test is about.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 3, 17, 0, 0, TimeSpan.Zero);

    public static readonly Id<Line> Line = Id<Line>.New(Noon);

    public static ConversationRow Row(
        string? name = "Ana Ruiz",
        int minute = 0,
        int unread = 0,
        string preview = "Is Bella ready?",
        bool ours = false,
        bool asks = false,
        string number = "+14155550134",
        ConversationState state = ConversationState.Open
    )
    {
        var at = Noon + TimeSpan.FromMinutes(minute);
        return new ConversationRow(
            Id<Conversation>.New(at),
            Line,
            PhoneNumber.FromStored(number),
            name is null ? null : Id<Client>.New(at),
            name,
            state,
            unread,
            at,
            preview,
            ours,
            asks
        );
    }

    /// <summary>A row that was found by a text.</summary>
    public static InboxHit Hit(ConversationRow row, string text = "Is Bella ready?") =>
        new(
            row,
            row.LastMessageAt,
            Id<Message>.New(row.LastMessageAt),
            row.ClientName is null ? null : FoundText.Of(row.ClientName, SearchWords.Of("bella")),
            FoundText.Of(text, SearchWords.Of("bella")),
            new SearchCursor(1, row.Id)
        );

    public static MessageView Theirs(
        string text = "Is Bella ready?",
        int minute = 0,
        MessageKeyword? keyword = null,
        params AttachmentView[] files
    ) =>
        Text(MessageDirection.Inbound, MessageState.Received, text, minute) with
        {
            Keyword = keyword,
            Attachments = files,
        };

    public static MessageView Ours(
        string text = "She is. See you soon!",
        int minute = 0,
        MessageState state = MessageState.Delivered
    ) =>
        Text(MessageDirection.Outbound, state, text, minute) with
        {
            By = "Marta Vega",
            SentAt = Noon,
            DeliveredAt = state == MessageState.Delivered ? Noon : null,
        };

    public static AttachmentView File(
        string type,
        AttachmentState state = AttachmentState.Stored,
        int width = 0,
        int height = 0,
        string? error = null
    ) =>
        new(
            Id<Attachment>.New(Noon),
            "paw.jpg",
            state,
            type,
            1_400_000,
            width,
            height,
            width > 0,
            error
        );

    public static OpenedConversation Opened(
        ConversationRow? row = null,
        GateDecision? gate = null,
        string? suffix = null,
        bool canConverse = true,
        string? paused = null,
        bool hasOlder = false,
        params MessageView[] messages
    ) =>
        new(
            row ?? Row(),
            messages,
            hasOlder,
            [],
            new ComposerState(
                gate ?? new GateDecision(Allowed: true, "", ""),
                suffix,
                canConverse,
                paused
            ),
            new ThreadPeople(["Bella"], 1)
        );

    private static MessageView Text(
        MessageDirection direction,
        MessageState state,
        string text,
        int minute
    )
    {
        var at = Noon + TimeSpan.FromMinutes(minute);
        return new MessageView(
            Id<Message>.New(at),
            direction,
            MessageKind.Conversation,
            text,
            Suffix: null,
            at,
            SentAt: null,
            DeliveredAt: null,
            state,
            Segments: 1,
            ErrorCode: null,
            Error: null,
            By: "",
            Keyword: null,
            []
        );
    }
}
