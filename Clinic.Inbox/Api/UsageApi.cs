using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace Clinic.Inbox.Api;

/// <summary>How much was texted in a month, and what it costs.</summary>
internal static class UsageApi
{
    public static void MapUsage(this IEndpointRouteBuilder api) =>
        api.MapGet("/usage", CountAsync).RequireAuthorization(ApiPolicies.Read).WithTags("Usage");

    /// <summary>Counts a month's texts by direction and kind, with fee and carrier cost; a closed month answers from its statement</summary>
    /// <param name="month">2026-11; this month when not given. It is the clinic's calendar month.</param>
    internal static async Task<Results<Ok<ApiUsage>, ApiProblem>> CountAsync(
        string? month,
        Statements statements,
        CancellationToken cancellation
    )
    {
        YearMonth? wanted = null;
        if (!string.IsNullOrEmpty(month))
        {
            if (!UsageMonth.TryParse(month, out var parsed))
            {
                return ApiProblem.Invalid("month", "Write the month as 2026-11.");
            }
            wanted = parsed;
        }
        var report = await statements.ReportAsync(wanted, cancellation);
        return TypedResults.Ok(
            new ApiUsage(
                report.Month,
                report.Messages,
                report.Segments,
                [
                    .. report
                        .Lines.GroupBy(l => (l.Direction, l.Kind))
                        .Select(g => new ApiUsageCount(
                            g.Key.Direction,
                            g.Key.Kind,
                            g.Sum(l => l.Messages),
                            g.Sum(l => l.Segments)
                        )),
                ],
                report.Fee,
                AddOnPrices.Currency,
                report.Costs is [var only] ? only.Amount : null,
                [.. report.Costs.Select(c => new ApiCarrierCost(c.Amount, c.Currency))],
                report.IsClosed
            )
        );
    }
}

/// <summary>A month's texts and what they cost.</summary>
/// <param name="Month">2026-11, by the clinic's calendar.</param>
/// <param name="Messages">Received, and sent ones that left.</param>
/// <param name="Segments">As the carrier charges them.</param>
/// <param name="Fee">Of the add-ons, in <paramref name="Currency"/>.</param>
/// <param name="CarrierCost">What the carrier reported; null when it reported nothing, or charged in several currencies.</param>
/// <param name="CarrierCosts">The same by currency.</param>
/// <param name="Closed">Nothing of it changes any more.</param>
internal sealed record ApiUsage(
    string Month,
    int Messages,
    int Segments,
    IReadOnlyList<ApiUsageCount> Counts,
    decimal Fee,
    string Currency,
    decimal? CarrierCost,
    IReadOnlyList<ApiCarrierCost> CarrierCosts,
    bool Closed
);

/// <summary>A month's texts of one direction and kind.</summary>
internal sealed record ApiUsageCount(
    MessageDirection Direction,
    MessageKind Kind,
    int Messages,
    int Segments
);

/// <summary>What the carrier charged in one currency.</summary>
internal sealed record ApiCarrierCost(decimal Amount, string Currency);
