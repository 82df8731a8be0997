using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.AddOns;

/// <summary>Texts of one direction and kind.</summary>
/// <param name="OneWay">How many are charged one by one.</param>
/// <param name="Fee">What those cost; a flat month is not in it.</param>
/// <param name="Cost">What the carrier reported, in <paramref name="CostCurrency"/>; null: nothing.</param>
/// <param name="Priced">For how many messages it reported a price.</param>
public sealed record UsageLine(
    MessageDirection Direction,
    MessageKind Kind,
    int Messages,
    int Segments,
    int OneWay,
    decimal Fee,
    decimal? Cost,
    string? CostCurrency,
    int Priced
);

/// <summary>What the carrier charged in one currency.</summary>
public sealed record CarrierCost(decimal Amount, string Currency);

/// <summary>A month's texts and what they cost: of the month that runs, or of a closed one from its statement.</summary>
/// <param name="Month"><c>2026-11</c>.</param>
/// <param name="TwoWayFee">The flat month; zero when two-way was off all month.</param>
/// <param name="ClosedAt">Null: the month runs, and everything may grow.</param>
public sealed record UsageReport(
    string Month,
    DateTimeOffset From,
    DateTimeOffset To,
    string Clinic,
    string TimeZone,
    decimal TwoWayFee,
    IReadOnlyList<UsageLine> Lines,
    DateTimeOffset? ClosedAt
)
{
    public bool IsClosed => ClosedAt is not null;

    public string MonthName =>
        UsageMonth.TryParse(Month, out var month) ? UsageMonth.NameOf(month) : Month;

    public int Messages => Lines.Sum(l => l.Messages);
    public int Segments => Lines.Sum(l => l.Segments);
    public int OneWayMessages => Lines.Sum(l => l.OneWay);
    public decimal OneWayFee => Lines.Sum(l => l.Fee);
    public decimal Fee => TwoWayFee + OneWayFee;

    /// <summary>By currency; empty when the carrier reported no price.</summary>
    public IReadOnlyList<CarrierCost> Costs =>
        [
            .. Lines
                .Where(l => l.Cost is not null)
                .GroupBy(l => l.CostCurrency ?? "")
                .Select(g => new CarrierCost(g.Sum(l => l.Cost!.Value), g.Key))
                .OrderBy(c => c.Currency, StringComparer.Ordinal),
        ];

    /// <summary>Messages for which the carrier reported no price.</summary>
    public int Unpriced => Messages - Lines.Sum(l => l.Priced);

    /// <summary>One line for each direction and kind; further ones only where the carrier charged in several currencies.</summary>
    public static IReadOnlyList<UsageLine> Fold(IEnumerable<UsageCount> counts) =>
        [
            .. counts
                .GroupBy(c => (c.Direction, c.Kind))
                .OrderBy(g => g.Key.Direction)
                .ThenBy(g => g.Key.Kind)
                .SelectMany(g => Fold([.. g])),
        ];

    private static IEnumerable<UsageLine> Fold(List<UsageCount> alike)
    {
        // What has no price stands with the first currency: of one currency there is one line.
        var currencies = alike
            .Select(c => c.Currency)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        foreach (var currency in currencies.Count == 0 ? [null] : currencies.Cast<string?>())
        {
            var mine = alike.FindAll(c =>
                c.Currency == currency || (c.Currency is null && currency == currencies[0])
            );
            yield return new UsageLine(
                mine[0].Direction,
                mine[0].Kind,
                mine.Sum(c => c.Messages),
                mine.Sum(c => c.Segments),
                mine.Sum(c => c.OneWay),
                mine.Sum(c => c.OneWay) * AddOnPrices.OneWayMessage,
                currency is null ? null : mine.Sum(c => c.Cost ?? 0),
                currency,
                mine.Sum(c => c.Priced)
            );
        }
    }
}
