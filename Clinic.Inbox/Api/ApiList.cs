using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Api;

/// <summary>A page of a list.</summary>
/// <param name="Next">Pass it as <c>after</c> for the next page; null: that was all.</param>
internal sealed record ApiList<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Of <paramref name="rows"/>, which were asked for one over <paramref name="limit"/> to see whether there are more.</summary>
    public static ApiList<T> Of<TRow>(
        IReadOnlyList<TRow> rows,
        int limit,
        Func<TRow, T> toItem,
        Func<TRow, string> toCursor
    ) =>
        new(
            [.. rows.Take(limit).Select(toItem)],
            rows.Count > limit ? toCursor(rows[limit - 1]) : null
        );
}

/// <summary>Where a list goes on, as an opaque word: base64url of what the list is ordered by.</summary>
internal static class ApiCursor
{
    private const char Separator = '\u001f';
    private const int Longest = 1_000;

    public static string Of(params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, parts)));

    public static string Of<T>(DateTimeOffset at, Id<T> id) =>
        Of(Micros.Of(at).ToString(CultureInfo.InvariantCulture), id.ToString());

    /// <summary>A place in a list by age; false when it is no cursor of ours. So are the others.</summary>
    public static bool TryRead<T>(string cursor, out Id<T> place)
    {
        place = default;
        return TryRead(cursor, 1, out var parts)
            && Id<T>.TryParse(parts[0], provider: null, out place);
    }

    /// <summary>A place in a list by time.</summary>
    public static bool TryRead<T>(string cursor, out (DateTimeOffset At, Id<T> Id) place)
    {
        place = default;
        if (
            !TryRead(cursor, 2, out var parts)
            || !long.TryParse(
                parts[0],
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var micros
            )
            // Years 1 to 9999.
            || micros is < -62_135_596_800_000_000 or > 253_402_300_799_999_999
            || !Id<T>.TryParse(parts[1], provider: null, out var id)
        )
        {
            return false;
        }
        place = (Micros.ToInstant(micros), id);
        return true;
    }

    /// <summary>A place in a list by name.</summary>
    public static bool TryRead<T>(string cursor, out (string Last, string First, Id<T> Id) place)
    {
        place = default;
        if (
            !TryRead(cursor, 3, out var parts)
            || !Id<T>.TryParse(parts[2], provider: null, out var id)
        )
        {
            return false;
        }
        place = (parts[0], parts[1], id);
        return true;
    }

    /// <summary>The parts that were put in; false when it is no cursor of ours.</summary>
    private static bool TryRead(string cursor, int count, [NotNullWhen(true)] out string[]? parts)
    {
        parts = null;
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor))
        {
            return false;
        }
        parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        return parts.Length == count && !parts.Any(p => p.Contains('\0'));
    }
}
