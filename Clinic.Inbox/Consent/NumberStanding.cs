using Clinic.Inbox.Data;

namespace Clinic.Inbox.Consent;

/// <summary>
/// What the clinic may do with one phone number, at a glance: the newest state of the append-only
/// <see cref="OptOutRecord"/>s, and whether the number ever wrote to us or was greeted. It belongs to the number, not to
/// a client, and outlives conversations and clients.
/// </summary>
public sealed class NumberStanding
{
    private NumberStanding() { }

    public NumberStanding(PhoneNumber number) => Number = number;

    public PhoneNumber Number { get; private set; }

    /// <summary>Since when nothing may be sent; null: not opted out.</summary>
    public DateTimeOffset? OptedOutAt { get; private set; }

    /// <summary>When the one confirmation of the opt-out was queued.</summary>
    public DateTimeOffset? OptOutConfirmedAt { get; private set; }

    /// <summary>When it last texted us: a client who writes first may be answered (that exchange, not reminders).</summary>
    public DateTimeOffset? TextedUsAt { get; private set; }

    /// <summary>When the first text, with the clinic's name and opt-out instructions, was accepted by the carrier.</summary>
    public DateTimeOffset? IntroducedAt { get; private set; }

    /// <summary>When the first text asked to reply YES (the second opt-in); null: it never did, or START answered it.</summary>
    public DateTimeOffset? AskedToConfirmAt { get; private set; }

    /// <summary>When this phone replied YES to what asked for it; null: not yet.</summary>
    public DateTimeOffset? ConfirmedAt { get; private set; }

    public bool IsOptedOut => OptedOutAt is not null;

    /// <summary>The second opt-in was asked for and has not been given.</summary>
    public bool AwaitsConfirmation => AskedToConfirmAt is not null && ConfirmedAt is null;

    public void OptOut(DateTimeOffset at) => OptedOutAt ??= at;

    public void OptIn()
    {
        OptedOutAt = null;
        OptOutConfirmedAt = null;
        // Who texts START has said more than YES.
        AskedToConfirmAt = null;
    }

    /// <summary>True the first time after an opt-out: exactly one confirmation (47 CFR 64.1200(a)(12)).</summary>
    public bool TakeOptOutConfirmation(DateTimeOffset at)
    {
        if (OptOutConfirmedAt is not null)
        {
            return false;
        }
        OptOutConfirmedAt = at;
        return true;
    }

    /// <summary>It texted us. The hot path does the same by hand: <c>Receiving</c>.</summary>
    public void Texted(DateTimeOffset at) => TextedUsAt = at;

    public void Introduced(DateTimeOffset at) => IntroducedAt ??= at;

    public void AskedToConfirm(DateTimeOffset at) => AskedToConfirmAt ??= at;

    public void Confirmed(DateTimeOffset at) => ConfirmedAt ??= at;
}

/// <summary>One opt-out or opt-in of a number; append-only, kept for ten years.</summary>
public sealed class OptOutRecord
{
    private OptOutRecord() { }

    public OptOutRecord(
        Id<OptOutRecord> id,
        PhoneNumber number,
        bool optedOut,
        OptOutSource source,
        DateTimeOffset at,
        string by
    )
    {
        Id = id;
        Number = number;
        OptedOut = optedOut;
        Source = source;
        At = at;
        By = by;
    }

    public Id<OptOutRecord> Id { get; private set; }
    public PhoneNumber Number { get; private set; }
    public bool OptedOut { get; private set; }
    public OptOutSource Source { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>The keyword's class, the staff member, or the carrier's code.</summary>
    public string By { get; private set; } = "";
}

/// <summary>How we learnt of it.</summary>
public enum OptOutSource
{
    Keyword,

    /// <summary>Staff read a message as an opt-out.</summary>
    Staff,

    /// <summary>The carrier refused because the number opted out there (Vonage 1240).</summary>
    Carrier,
}
