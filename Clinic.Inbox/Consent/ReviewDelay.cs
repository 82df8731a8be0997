using Clinic.Inbox.Data;

namespace Clinic.Inbox.Consent;

/// <summary>Staff looked at an old consent and want to ask later. Append-only; the consent itself stays as it is.</summary>
public sealed class ReviewDelay
{
    private ReviewDelay() { }

    public ReviewDelay(
        Id<ReviewDelay> id,
        Id<ConsentRecord> consentId,
        DateTimeOffset until,
        DateTimeOffset at,
        string by
    )
    {
        Id = id;
        ConsentId = consentId;
        Until = until;
        At = at;
        By = by;
    }

    public Id<ReviewDelay> Id { get; private set; }
    public Id<ConsentRecord> ConsentId { get; private set; }

    /// <summary>It is due for review again from then on.</summary>
    public DateTimeOffset Until { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string By { get; private set; } = "";
}
