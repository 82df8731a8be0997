using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Clinic.Inbox.Data;

/// <summary>Ids are 32 hex digits in every database, so that hand-written SQL reads the same on each.</summary>
internal sealed class IdConverter<T>()
    : ValueConverter<Id<T>, string>(id => id.ToString(), text => Id<T>.Parse(text));

/// <summary>Instants are whole UTC microseconds since 1970: they sort, compare and mean the same in every database.</summary>
internal sealed class InstantConverter()
    : ValueConverter<DateTimeOffset, long>(at => Micros.Of(at), micros => Micros.ToInstant(micros));

internal sealed class PhoneNumberConverter()
    : ValueConverter<PhoneNumber, string>(
        number => number.Value,
        text => PhoneNumber.FromStored(text)
    );

/// <summary>Money is whole millionths: exact, and sortable in SQLite, which has no decimal.</summary>
internal sealed class MoneyConverter()
    : ValueConverter<decimal, long>(
        amount => Millionths.Of(amount),
        millionths => millionths / 1_000_000m
    );

/// <summary>Money as the database and hand-written SQL know it.</summary>
internal static class Millionths
{
    public static long Of(decimal amount) => (long)decimal.Round(amount * 1_000_000m);
}

/// <summary>Short lists of numbers as text: <c>2880,180</c>.</summary>
internal sealed class IntsConverter()
    : ValueConverter<IReadOnlyList<int>, string>(
        numbers => string.Join(',', numbers),
        text => Read(text)
    )
{
    private static List<int> Read(string text) =>
        [
            .. text.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)),
        ];
}

internal sealed class IntsComparer()
    : ValueComparer<IReadOnlyList<int>>(
        (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)),
        numbers => numbers.Aggregate(0, HashCode.Combine),
        // Copied: a list that is changed in place would else look the same as before.
        numbers => numbers.ToArray()
    );

/// <summary>Instants as the database and hand-written SQL know them.</summary>
public static class Micros
{
    private const long Epoch = 621_355_968_000_000_000L / 10;

    /// <summary>UTC microseconds since 1970.</summary>
    public static long Of(DateTimeOffset at) => (at.UtcTicks / 10) - Epoch;

    public static DateTimeOffset ToInstant(long micros) =>
        new((micros + Epoch) * 10, TimeSpan.Zero);
}
