using System.Diagnostics.CodeAnalysis;

namespace Clinic.Inbox.Data;

/// <summary>
/// The id of a <typeparamref name="T"/>: a version 7 UUID (so that ids sort by age) written as 32 lower-case hex digits,
/// in the database, in addresses and to the carrier alike.
/// </summary>
public readonly record struct Id<T>(Guid Value) : IParsable<Id<T>>
{
    /// <summary>A new id, made at <paramref name="at"/>.</summary>
    public static Id<T> New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <summary>The 32 hex digits.</summary>
    public override string ToString() => Value.ToString("N");

    public static Id<T> Parse(string s) => Parse(s, provider: null);

    public static Id<T> Parse(string s, IFormatProvider? provider) => new(Guid.ParseExact(s, "N"));

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        out Id<T> result
    )
    {
        var ok = Guid.TryParseExact(s, "N", out var value);
        result = new Id<T>(value);
        return ok;
    }
}
