using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>One text, in or out. Outgoing ones are also the outbox: a queued row is work for the dispatcher.</summary>
public sealed class Message
{
    private readonly List<Attachment> _attachments = [];

    private Message() { }

    /// <summary>An outgoing text, queued.</summary>
    public Message(
        Id<Message> id,
        Id<Line> lineId,
        PhoneNumber number,
        MessageKind kind,
        Purpose purpose,
        string text,
        DateTimeOffset at
    )
    {
        Id = id;
        LineId = lineId;
        Number = number;
        Kind = kind;
        Purpose = purpose;
        Category =
            purpose == Purpose.Marketing
                ? ConsentCategory.Marketing
                : ConsentCategory.Transactional;
        Text = text;
        At = at;
        DueAt = at;
        Direction = MessageDirection.Outbound;
        State = MessageState.Queued;
        Priority = kind switch
        {
            MessageKind.Conversation or MessageKind.Document => 0,
            MessageKind.System or MessageKind.AutoResponse => 1,
            _ => 2,
        };
    }

    /// <summary>A client's text as it is kept. The hot path inserts the same row by hand: <see cref="Receiving"/>.</summary>
    /// <param name="at">When the client sent it.</param>
    /// <param name="segments">As the carrier counted them.</param>
    public static Message Received(
        Id<Message> id,
        Conversation conversation,
        string text,
        int segments,
        string carrierId,
        MessageKeyword? keyword,
        DateTimeOffset at
    ) =>
        new(
            id,
            conversation.LineId,
            conversation.Number,
            MessageKind.Conversation,
            Purpose.Conversation,
            text,
            at
        )
        {
            ConversationId = conversation.Id,
            ClientId = conversation.ClientId,
            Direction = MessageDirection.Inbound,
            State = MessageState.Received,
            Segments = segments,
            CarrierId = carrierId,
            Keyword = keyword,
        };

    public Id<Message> Id { get; private set; }

    /// <summary>Null for a reminder: it starts no conversation.</summary>
    public Id<Conversation>? ConversationId { get; set; }
    public Id<Line> LineId { get; private set; }
    public PhoneNumber Number { get; private set; }
    public Id<Client>? ClientId { get; set; }
    public MessageDirection Direction { get; private set; }
    public MessageKind Kind { get; private set; }

    /// <summary>Why it is sent: what the gate decides by. A client's own text is part of the exchange.</summary>
    public Purpose Purpose { get; private set; }

    /// <summary>Which consent its purpose needs.</summary>
    public ConsentCategory Category { get; private set; }

    /// <summary>
    /// Why it may leave, in the gate's words: as it said when the text was queued, and said again when the text was taken to be
    /// sent. Empty for a client's text.
    /// </summary>
    public string Basis { get; private set; } = "";

    /// <summary>The consent that it leaves under; null when it needs none, as an answer does.</summary>
    public Id<ConsentRecord>? ConsentId { get; private set; }

    /// <summary>What was written.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What the first text to a number carries after it: the clinic's name and how to stop; null for none.</summary>
    public string? Suffix { get; private set; }

    /// <summary>The suffix asks to reply YES: the second opt-in (<see cref="ConsentSettings.SecondOptIn"/>).</summary>
    public bool AsksToConfirm { get; private set; }

    public MessageState State { get; private set; }

    /// <summary>Parts of the whole text with its suffix, as the carrier charges them; 0 for a pure MMS.</summary>
    public int Segments { get; private set; }

    /// <summary>When the client sent it (the carrier's clock), or when it was queued here. Threads are ordered by it.</summary>
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset? SentAt { get; private set; }
    public DateTimeOffset? DeliveredAt { get; private set; }

    /// <summary>
    /// The carrier's <c>message_uuid</c>; unique. While an outgoing text waits or is being sent it is the id of an earlier
    /// attempt, or null.
    /// </summary>
    public string? CarrierId { get; private set; }

    /// <summary>The carrier's code, or one of ours such as <c>optedOut</c>; null when nothing is wrong.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary>Why it failed or is unconfirmed, in plain words.</summary>
    public string? Error { get; private set; }

    /// <summary>Lower leaves first: staff replies 0, system texts 1, reminders 2.</summary>
    public int Priority { get; private set; }

    /// <summary>Not to be sent before.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Not to be sent any more from then on; null: it may be late.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the last request to the carrier began; null: never tried.</summary>
    public DateTimeOffset? AttemptedAt { get; private set; }

    /// <summary>Who wrote it; empty for inbound and automatic texts.</summary>
    public string By { get; set; } = "";

    /// <summary>What a keyword in an inbound text did; null for ordinary texts.</summary>
    public MessageKeyword? Keyword { get; private set; }

    /// <summary>What the system made of a client's text, for staff: "Confirmed: Bella, Tue, Nov 3"; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>What the carrier charged, in <see cref="Currency"/>.</summary>
    public decimal? Price { get; private set; }
    public string? Currency { get; private set; }

    /// <summary>The carrier's body of an inbound text, as it came.</summary>
    public string? RawBody { get; private set; }

    public IReadOnlyList<Attachment> Attachments => _attachments;

    /// <summary>What the phone shows.</summary>
    public string FullText => WithSuffix(Text, Suffix);

    public bool CanRetry =>
        Direction == MessageDirection.Outbound
        && State is MessageState.Failed or MessageState.Unconfirmed;

    public void Attach(Attachment attachment) => _attachments.Add(attachment);

    /// <summary>Sets what is counted and appended; only while it has not left.</summary>
    public void Compose(string? suffix, int segments)
    {
        Suffix = suffix;
        Segments = segments;
    }

    /// <summary>Appends what the first text to a number carries, or nothing, and counts; only while it has not left.</summary>
    internal void Greet(Greeting? greeting)
    {
        AsksToConfirm = greeting is { AsksToConfirm: true };
        Compose(greeting?.Text, SmsText.Analyze(WithSuffix(Text, greeting?.Text)).Segments.Value);
    }

    /// <summary>Keeps what the gate said: the evidence of why this text may leave.</summary>
    /// <exception cref="InvalidOperationException">It has left, or the gate refused.</exception>
    public void MayLeave(GateDecision decision)
    {
        Refuse(
            State != MessageState.Queued || !decision.Allowed,
            "Only a queued text that the gate lets pass has a basis."
        );
        Basis = decision.Reason;
        ConsentId = decision.ConsentId;
    }

    public void MarkSending(DateTimeOffset at)
    {
        Refuse(State != MessageState.Queued, "Only a queued text can be sent.");
        State = MessageState.Sending;
        AttemptedAt = at;
    }

    /// <summary>Surely not sent: back into the queue, to be tried again.</summary>
    public void BackToQueue()
    {
        Refuse(
            State != MessageState.Sending,
            "Only a text that is being sent goes back into the queue."
        );
        State = MessageState.Queued;
    }

    public void MarkSent(string carrierId, DateTimeOffset at)
    {
        CarrierId = carrierId;
        Advance(MessageState.Sent, at, code: null, error: null);
    }

    public void MarkFailed(string code, string error)
    {
        State = MessageState.Failed;
        ErrorCode = code;
        Error = error;
    }

    /// <summary>The request may have left and no answer came: never sent again by itself.</summary>
    public void MarkUnconfirmed(string error)
    {
        if (State == MessageState.Sending)
        {
            State = MessageState.Unconfirmed;
            Error = error;
        }
    }

    /// <summary>
    /// Staff send it again; a new carrier id will come, and the old one is kept until then, so that a late receipt of the
    /// earlier attempt is known for what it is.
    /// </summary>
    /// <exception cref="InvalidOperationException">It neither failed nor is unconfirmed.</exception>
    public void Retry(DateTimeOffset at)
    {
        Refuse(!CanRetry, "Only a failed or unconfirmed text can be sent again.");
        State = MessageState.Queued;
        ErrorCode = null;
        Error = null;
        AttemptedAt = null;
        DueAt = at;
    }

    /// <summary>Staff know that it arrived.</summary>
    public void AssumeSent(DateTimeOffset at)
    {
        Refuse(
            State != MessageState.Unconfirmed,
            "Only an unconfirmed text can be marked as sent."
        );
        Advance(MessageState.Sent, at, code: null, error: null);
    }

    /// <summary>
    /// A receipt: states only move forward, whatever the order in which receipts come. Delivered is final; a failure
    /// gives way to a later delivery only. Returns whether anything changed.
    /// </summary>
    public bool Advance(MessageState to, DateTimeOffset at, string? code, string? error)
    {
        if (Direction != MessageDirection.Outbound || Rank(to) <= Rank(State))
        {
            return false;
        }
        State = to;
        ErrorCode = code;
        Error = error;
        SentAt ??= to is MessageState.Sent or MessageState.Delivered ? at : null;
        DeliveredAt ??= to == MessageState.Delivered ? at : null;
        return true;
    }

    public void Charge(decimal price, string currency)
    {
        Price = price;
        Currency = currency;
    }

    /// <summary>A receipt named the id of the newest attempt.</summary>
    public void KnowAs(string carrierId) => CarrierId = carrierId;

    /// <summary>A text as the phone shows it; a file alone is followed by the suffix alone.</summary>
    public static string WithSuffix(string text, string? suffix) =>
        string.IsNullOrEmpty(suffix) ? text
        : text.Length == 0 ? suffix
        : $"{text}\n\n{suffix}";

    private static int Rank(MessageState state) =>
        state switch
        {
            MessageState.Queued => 0,
            MessageState.Sending or MessageState.Unconfirmed => 1,
            MessageState.Sent => 2,
            MessageState.Failed => 3,
            _ => 4,
        };

    private static void Refuse(bool refused, string why)
    {
        if (refused)
        {
            throw new InvalidOperationException(why);
        }
    }
}

public enum MessageDirection
{
    Inbound,
    Outbound,
}

/// <summary>Why a text exists.</summary>
public enum MessageKind
{
    Conversation,
    AutoResponse,
    Reminder,

    /// <summary>Opt-out, opt-in and help replies.</summary>
    System,
    Document,
}

/// <summary>Where a text is on its way.</summary>
public enum MessageState
{
    Received,
    Queued,
    Sending,
    Sent,
    Delivered,
    Failed,

    /// <summary>Nobody knows whether it left; a receipt or staff settle it.</summary>
    Unconfirmed,
}

/// <summary>What an inbound text did by its words.</summary>
public enum MessageKeyword
{
    OptOut,

    /// <summary>CANCEL alone: opts out by US rules, though an appointment may be meant.</summary>
    OptOutByCancel,
    PossibleOptOut,
    WrongNumber,
    OptIn,
    Help,
    Confirm,

    /// <summary>Mentions cancelling something: a task for staff, nothing by itself.</summary>
    MentionsCancelling,
}
