namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>What goes wrong with the next calls of one of the carrier's APIs.</summary>
/// <param name="Status">Answered instead of taking the text, 400 to 599; null: it is taken.</param>
/// <param name="RetryAfter">Seconds in the answer's <c>Retry-After</c>, 0 to 3,600; null: none.</param>
/// <param name="DropAfterAccept">The text is taken and delivered, but the connection is cut without an answer.</param>
/// <param name="DelayMs">Milliseconds before anything else happens, 0 to 60,000.</param>
/// <param name="ErrorCode">The text is taken, and later reported as <c>rejected</c> with this code of Vonage's.</param>
/// <param name="Receipts">The text is taken, and its receipts go wrong: one of <see cref="ReceiptFaults"/>.</param>
/// <param name="Count">How many calls it concerns, 1 to 1,000.</param>
/// <param name="Api"><see cref="MessagesApi"/> or <see cref="NumbersApi"/> (purchases, links and releases).</param>
public sealed record CarrierFault(
    int? Status = null,
    int? RetryAfter = null,
    bool DropAfterAccept = false,
    int DelayMs = 0,
    string? ErrorCode = null,
    int Count = 1,
    string Api = CarrierFault.MessagesApi,
    string? Receipts = null
)
{
    public const string MessagesApi = "messages";
    public const string NumbersApi = "numbers";

    /// <summary>They come a day later.</summary>
    public const string Late = "late";

    /// <summary>Each comes twice.</summary>
    public const string Twice = "twice";

    /// <summary>The last comes first.</summary>
    public const string Backwards = "backwards";

    /// <summary>After each comes one of a text that nobody sent.</summary>
    public const string Strangers = "strangers";

    /// <summary>None comes.</summary>
    public const string Never = "never";

    /// <summary>What <see cref="Receipts"/> may be.</summary>
    public static readonly IReadOnlyList<string> ReceiptFaults =
    [
        Late,
        Twice,
        Backwards,
        Strangers,
        Never,
    ];

    /// <summary>What is wrong with it, in plain words; null when it can be used.</summary>
    public string? Refusal() =>
        this switch
        {
            { Status: not null and (< 400 or > 599) } => "status is a number from 400 to 599.",
            { RetryAfter: < 0 or > 3_600 } => "retryAfter is a number of seconds from 0 to 3600.",
            { DelayMs: < 0 or > 60_000 } => "delayMs is a number of milliseconds from 0 to 60000.",
            { Api: not (MessagesApi or NumbersApi) } => "api is \"messages\" or \"numbers\".",
            { Count: < 1 or > 1_000 } => "count is a number from 1 to 1000.",
            { ErrorCode: { } code } when code.Length is 0 or > 6 || !code.All(char.IsAsciiDigit) =>
                "errorCode is a number of Vonage's, for example \"1360\".",
            { Status: not null, DropAfterAccept: true } =>
                "status and dropAfterAccept exclude each other: one refuses the text, the other takes it.",
            { Status: not null, ErrorCode: not null } =>
                "status and errorCode exclude each other: one refuses the text, the other takes it.",
            { Receipts: { } receipts } when !ReceiptFaults.Contains(receipts) =>
                $"receipts is one of {string.Join(", ", ReceiptFaults)}.",
            { Status: not null, Receipts: not null } =>
                "status and receipts exclude each other: one refuses the text, the other takes it.",
            { Status: null, RetryAfter: not null } => "retryAfter needs a status, for example 429.",
            { Status: null, DropAfterAccept: false, DelayMs: 0, ErrorCode: null, Receipts: null } =>
                "Say what should go wrong: status, dropAfterAccept, delayMs, errorCode or receipts.",
            _ => null,
        };
}
