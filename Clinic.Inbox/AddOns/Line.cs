using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>A virtual number that the clinic texts from.</summary>
public sealed class Line
{
    private Line() { }

    public Line(Id<Line> id, PhoneNumber number, LineType type, AddOn addOn, DateTimeOffset at)
    {
        Id = id;
        Number = number;
        Type = type;
        AddOn = addOn;
        CreatedAt = at;
    }

    public Id<Line> Id { get; private set; }
    public PhoneNumber Number { get; private set; }
    public LineType Type { get; private set; }

    /// <summary>What the line is switched on for.</summary>
    public AddOn AddOn { get; private set; }

    /// <summary>
    /// The carrier answers STOP and START itself (Vonage's Opt-Out Assist, and every toll-free number): we record, and
    /// stay silent, so that exactly one of the two confirms.
    /// </summary>
    public bool CarrierConfirmsOptOut { get; private set; }

    /// <summary>Texts a second that the line may send, 1 to 30 (Vonage: 30 a key; 10DLC less, by campaign).</summary>
    public int MessagesPerSecond { get; private set; } = 10;

    /// <summary>Why nothing leaves now (no credit); null when the line sends.</summary>
    public string? PausedReason { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When the number was given back to the carrier; null: it is ours.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>Whether staff can converse on it.</summary>
    public bool CanConverse => AddOn == AddOn.TwoWay;

    /// <summary>Whether the line carries pictures (MMS): in the US and Canada, from a long code or a toll-free number.</summary>
    public bool CanSendPictures =>
        Type is LineType.LongCode or LineType.TollFree && Number.Region is "US" or "CA";

    /// <summary>Whether our own opt-out and opt-in replies go out.</summary>
    public bool ConfirmsOptOutItself => !CarrierConfirmsOptOut && Type != LineType.TollFree;

    /// <exception cref="InvalidOperationException">The number is not ours any more.</exception>
    public void SwitchTo(AddOn addOn)
    {
        if (ReleasedAt is not null && addOn != AddOn.Off)
        {
            throw new InvalidOperationException("A number that was given back can't be used.");
        }
        AddOn = addOn;
    }

    /// <summary>The number was given back to the carrier. Its conversations stay.</summary>
    public void Release(DateTimeOffset at)
    {
        AddOn = AddOn.Off;
        PausedReason = null;
        ReleasedAt ??= at;
    }

    /// <summary>It was rented again.</summary>
    public void TakeBack() => ReleasedAt = null;

    public void Pause(string reason) => PausedReason = reason;

    public void Resume() => PausedReason = null;

    public void SetPace(int messagesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messagesPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messagesPerSecond, 30);
        MessagesPerSecond = messagesPerSecond;
    }

    public void LeaveOptOutToCarrier(bool carrierConfirms) =>
        CarrierConfirmsOptOut = carrierConfirms;
}

/// <summary>The kind of number, which decides who answers STOP.</summary>
public enum LineType
{
    /// <summary>A ten-digit long code (10DLC).</summary>
    LongCode,
    TollFree,
    ShortCode,
}

/// <summary>What a line is switched on for; at most one.</summary>
public enum AddOn
{
    Off,
    OneWay,
    TwoWay,
}
