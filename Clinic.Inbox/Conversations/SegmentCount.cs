using System.Globalization;

namespace Clinic.Inbox.Conversations;

/// <summary>How many SMS segments a text takes, 0 (an empty text) or more. The carrier charges by it.</summary>
public readonly record struct SegmentCount : IComparable<SegmentCount>
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    public SegmentCount(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Value = value;
    }

    public int Value { get; }

    public int CompareTo(SegmentCount other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(SegmentCount left, SegmentCount right) =>
        left.Value < right.Value;

    public static bool operator >(SegmentCount left, SegmentCount right) =>
        left.Value > right.Value;

    public static bool operator <=(SegmentCount left, SegmentCount right) =>
        left.Value <= right.Value;

    public static bool operator >=(SegmentCount left, SegmentCount right) =>
        left.Value >= right.Value;
}
