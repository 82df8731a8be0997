namespace Clinic.Inbox.Carrier;

/// <summary>The way out: hands one text to the carrier and says what is known of its fate.</summary>
public interface ICarrier
{
    /// <summary>
    /// Makes exactly one attempt. Never retries by itself: the carrier has no idempotency key, so a second request
    /// would be a second text on a client's phone. Throws only when <paramref name="cancellation"/> is cancelled
    /// before anything left; a cancellation after that is <see cref="SendOutcome.Unconfirmed"/>.
    /// </summary>
    Task<SendOutcome> SendAsync(OutgoingText text, CancellationToken cancellation);
}

/// <summary>One text to one phone.</summary>
/// <param name="ClientRef">Our message id, at most 40 characters; comes back in every receipt.</param>
/// <param name="From">The line, E.164 digits without <c>+</c>.</param>
/// <param name="To">The phone, E.164 digits without <c>+</c>.</param>
/// <param name="Text">What is said; may be empty when media is sent.</param>
/// <param name="Media">Files by public address; empty for an SMS.</param>
public sealed record OutgoingText(
    string ClientRef,
    string From,
    string To,
    string Text,
    IReadOnlyList<OutgoingMedia> Media
);

/// <summary>A file that the carrier fetches and sends on.</summary>
/// <param name="Kind">Image or file (PDF), as Vonage names them.</param>
/// <param name="Url">Absolute address that the carrier can reach.</param>
public sealed record OutgoingMedia(OutgoingMediaKind Kind, Uri Url);

/// <summary>How Vonage wants the file named in the request.</summary>
public enum OutgoingMediaKind
{
    Image,
    File,
}

/// <summary>What is known after one attempt to send.</summary>
public abstract record SendOutcome
{
    /// <summary>202 with an id: the carrier has it.</summary>
    public sealed record Accepted(string MessageUuid) : SendOutcome;

    /// <summary>The carrier said no (401, 403, 422 and other 4xx): it was not sent.</summary>
    public sealed record Refused(CarrierProblem Problem) : SendOutcome;

    /// <summary>429: not sent; the line waits (null: the carrier did not say how long).</summary>
    public sealed record Throttled(TimeSpan? RetryAfter) : SendOutcome;

    /// <summary>402: not sent, the account has no credit; the line pauses.</summary>
    public sealed record NoCredit(CarrierProblem Problem) : SendOutcome;

    /// <summary>The request surely never left (connection refused, no DNS): try again later.</summary>
    public sealed record NotReached(string Reason) : SendOutcome;

    /// <summary>The request may have left and no clear answer came (time-out, 5xx, 202 without an id): nobody knows.</summary>
    public sealed record Unconfirmed(string Reason) : SendOutcome;
}

/// <summary>Why the carrier refused or could not deliver.</summary>
/// <param name="Code">Vonage's error code, for example <c>1240</c>; empty when it named none.</param>
/// <param name="PlainWords">One sentence that a receptionist understands, with what to do.</param>
/// <param name="Detail">The carrier's own title and detail.</param>
public sealed record CarrierProblem(string Code, string PlainWords, string Detail)
{
    /// <summary>Vonage 1240: the number has opted out at the carrier; to us that is a STOP.</summary>
    public bool IsOptOut => Code == "1240";
}
