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

    /// <summary>The parts that were put in; false when it is no cursor of ours.</summary>
    public static bool TryRead(string cursor, int count, [NotNullWhen(true)] out string[]? parts)
    {
        parts = null;
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor))
        {
            return false;
        }
        parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        return parts.Length == count && !parts.Any(p => p.Contains('\0'));
    }

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
}

/// <summary>The part of a list that is asked for.</summary>
/// <param name="Limit">Most items, 1 to 200; 50 when not given.</param>
/// <param name="After">The <c>next</c> of the page before.</param>
internal sealed record ApiPage(int? Limit, string? After)
{
    private const int Most = 200;
    private const int Usual = 50;

    public int Size => Limit ?? Usual;

    /// <summary>Null when it can be served.</summary>
    public ApiProblem? Problem =>
        Limit is < 1 or > Most ? ApiProblem.Invalid("limit", $"The limit is 1 to {Most}.") : null;

    public static readonly ApiProblem BadCursor = ApiProblem.Invalid(
        "after",
        "This is not the next of a page before."
    );
}
