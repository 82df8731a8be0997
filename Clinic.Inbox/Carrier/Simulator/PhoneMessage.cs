namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>One text between a simulated phone and a line of the clinic, either way.</summary>
/// <param name="MessageUuid">The carrier's id.</param>
/// <param name="Phone">The phone, E.164 digits without <c>+</c>.</param>
/// <param name="Line">The clinic's line, E.164 digits without <c>+</c>.</param>
/// <param name="FromClinic">The clinic sent it; else the phone did.</param>
/// <param name="Channel">sms or mms.</param>
/// <param name="Segments">Parts of an SMS as charged; 1 for an MMS.</param>
public sealed record PhoneMessage(
    string MessageUuid,
    string Phone,
    string Line,
    bool FromClinic,
    string Channel,
    string Text,
    int Segments,
    IReadOnlyList<PhoneFile> Files,
    DateTimeOffset At
)
{
    /// <summary>The sender's own id of a text from the clinic; null where it gave none.</summary>
    public string? ClientRef { get; init; }

    public PhoneMessageState State { get; init; }

    /// <summary>Why it did not arrive, in plain words.</summary>
    public string? Problem { get; init; }

    /// <summary>What the clinic's webhook answered to a text from the phone; null as long as it has not.</summary>
    public int? WebhookStatus { get; init; }

    /// <summary>Whether the phone shows it: its own texts at once, the clinic's once they have arrived.</summary>
    public bool OnPhone => !FromClinic || State == PhoneMessageState.Delivered;
}

/// <summary>A file of a text.</summary>
/// <param name="Type">image, file, audio, video or vcard, as Vonage names it.</param>
/// <param name="Url">Where it lies.</param>
/// <param name="Name">File name as the phone shows it.</param>
public sealed record PhoneFile(string Type, string Url, string Name);

/// <summary>How far a text has come.</summary>
public enum PhoneMessageState
{
    /// <summary>The carrier has it from the clinic.</summary>
    Accepted,

    /// <summary>It is on its way to the phone, and paid for.</summary>
    Submitted,

    /// <summary>The phone has it.</summary>
    Delivered,

    /// <summary>It will never reach the phone.</summary>
    Rejected,

    /// <summary>From the phone: the clinic has not answered yet, or asked for it again.</summary>
    Sending,

    /// <summary>From the phone: the clinic has it.</summary>
    Received,

    /// <summary>From the phone: the clinic refused it, and the carrier does not try again.</summary>
    Lost,
}
