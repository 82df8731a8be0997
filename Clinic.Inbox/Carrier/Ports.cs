namespace Clinic.Inbox.Carrier;

/// <summary>The way in: where the carrier's adapter hands what clients send. Implemented by Conversations.</summary>
public interface IReceivedPort
{
    /// <summary>Returns only when the text is durably stored (or known already). Throws when it could not be stored.</summary>
    Task<ReceiveOutcome> ReceiveAsync(ReceivedText text, CancellationToken cancellation);

    /// <summary>Keeps a signed body that could not be understood, for an administrator to look at.</summary>
    Task QuarantineAsync(QuarantinedBody body, CancellationToken cancellation);
}

/// <summary>Where the carrier's adapter hands delivery receipts. Implemented by Conversations.</summary>
public interface IReceiptPort
{
    /// <summary>Returns only when the receipt is applied, or parked because its message is not known yet.</summary>
    Task ApplyAsync(Receipt receipt, CancellationToken cancellation);
}

/// <summary>What became of a received text.</summary>
public enum ReceiveOutcome
{
    Stored,

    /// <summary>The same <c>message_uuid</c> was stored before.</summary>
    Duplicate,

    /// <summary>No line of ours has the number it was sent to: kept in quarantine.</summary>
    Quarantined,
}

/// <summary>A text from a phone, read off Vonage's inbound webhook.</summary>
/// <param name="MessageUuid">Vonage's id, the key against duplicates.</param>
/// <param name="From">Sender as E.164 digits without <c>+</c>, or a short code or name as it came.</param>
/// <param name="To">Our line, E.164 digits without <c>+</c>.</param>
/// <param name="SentAt">The carrier's timestamp, UTC; null when missing or unreadable.</param>
/// <param name="Text">Text or caption; empty when there is only media. Lone surrogates are already repaired.</param>
/// <param name="Media">What to fetch; deduplicated by address.</param>
/// <param name="Channel">sms or mms.</param>
/// <param name="Segments">Parts the carrier counted; 1 when it did not say.</param>
/// <param name="RawBody">The body as it came.</param>
public sealed record ReceivedText(
    string MessageUuid,
    string From,
    string To,
    DateTimeOffset? SentAt,
    string Text,
    IReadOnlyList<ReceivedMedia> Media,
    string Channel,
    int Segments,
    string RawBody
)
{
    /// <summary>What the carrier charges for it; null when it did not say.</summary>
    public decimal? Price { get; init; }
    public string? Currency { get; init; }
}

/// <summary>One file of an MMS.</summary>
/// <param name="Type">image, file, audio, video or vcard, as Vonage names it.</param>
/// <param name="Url">Where it lies for 48 hours; null when the carrier sent none.</param>
/// <param name="Name">File name as the sender's phone gave it: never to be trusted; may be empty.</param>
public sealed record ReceivedMedia(string Type, string? Url, string Name);

/// <summary>A delivery receipt, read off Vonage's status webhook.</summary>
/// <param name="Status">submitted, delivered, rejected, undeliverable, or one that we do not know yet.</param>
/// <param name="Price">What the carrier charges for it, null when not said.</param>
public sealed record Receipt(
    string MessageUuid,
    string? ClientRef,
    string Status,
    DateTimeOffset? At,
    CarrierProblem? Problem,
    decimal? Price,
    string? Currency,
    string RawBody
);

/// <summary>A signed body that we could not understand.</summary>
/// <param name="Kind">inbound or status.</param>
/// <param name="Reason">What was wrong with it, in plain words.</param>
public sealed record QuarantinedBody(string Kind, string Reason, string RawBody);
