using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.ConsentPages;

/// <summary>
/// Everything that shows why one client was texted: what was agreed to, when and in which words; what was opted out of; and
/// every text with the consent it left under. Times are the clinic's, with their offset from UTC.
/// </summary>
/// <param name="MadeBy">Who had it made.</param>
/// <param name="TimeZone">IANA.</param>
/// <param name="Numbers">The client's now, and those texted before.</param>
public sealed record Evidence(
    string Clinic,
    string TimeZone,
    DateTimeOffset MadeAt,
    string MadeBy,
    string ClientId,
    string Client,
    IReadOnlyList<string> Numbers,
    IReadOnlyList<EvidenceConsent> Consents,
    IReadOnlyList<EvidenceOptOut> OptOuts,
    IReadOnlyList<EvidenceText> Texts
);

/// <summary>An entry of the consent book.</summary>
/// <param name="At">When the client said so.</param>
/// <param name="RecordedAt">When it was written down.</param>
/// <param name="By">Who took it.</param>
/// <param name="Terms">The exact words that were read or shown.</param>
public sealed record EvidenceConsent(
    string Id,
    ConsentCategory Category,
    ConsentAction Action,
    ConsentMethod Method,
    DateTimeOffset At,
    DateTimeOffset RecordedAt,
    string By,
    string Terms
);

/// <summary>A number that opted out, or back in.</summary>
/// <param name="Words">What the client texted; null when it was not by text, or the conversation was deleted since.</param>
public sealed record EvidenceOptOut(
    string Number,
    bool OptedOut,
    OptOutSource Source,
    DateTimeOffset At,
    string By,
    string? Words
);

/// <summary>A text to the client.</summary>
/// <param name="Line">The clinic's number.</param>
/// <param name="QueuedAt">When it was written.</param>
/// <param name="AttemptedAt">When it was handed to the carrier; null: it never was.</param>
/// <param name="Basis">Why it may leave, as the gate said at that moment.</param>
/// <param name="ConsentId">The consent it left under; null when it needs none.</param>
/// <param name="Text">As the phone shows it.</param>
public sealed record EvidenceText(
    string Id,
    string Line,
    string Number,
    MessageKind Kind,
    Purpose Purpose,
    MessageState State,
    DateTimeOffset QueuedAt,
    DateTimeOffset? AttemptedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    string Basis,
    string? ConsentId,
    string By,
    string Text,
    string? Error
);
