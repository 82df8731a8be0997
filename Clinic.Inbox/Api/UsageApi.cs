using System.Globalization;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Api;

/// <summary>How much was texted in a month.</summary>
internal static class UsageApi
{
    private static readonly YearMonthPattern Months = YearMonthPattern.Iso;

    public static void MapUsage(this IEndpointRouteBuilder api) =>
        api.MapGet("/usage", CountAsync).RequireAuthorization(ApiPolicies.Read).WithTags("Usage");

    /// <summary>Counts a month's texts by direction and kind</summary>
    /// <param name="month">2026-11; this month when not given. It is the clinic's calendar month.</param>
    internal static async Task<Results<Ok<ApiUsage>, ApiProblem>> CountAsync(
        string? month,
        IDbContextFactory<InboxDb> databases,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var zoneName = await db.ClinicProfiles.Select(c => c.TimeZone).SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[zoneName];
        var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(zone).Date;
        var wanted = today.ToYearMonth();
        if (!string.IsNullOrEmpty(month))
        {
            if (
                !Months.Parse(month).TryGetValue(wanted, out wanted)
                || wanted.Year is < 1990 or > 9000
            )
            {
                return ApiProblem.Invalid("month", "Write the month as 2026-11.");
            }
        }
        var first = wanted.OnDayOfMonth(1);
        var from = zone.AtStartOfDay(first).ToDateTimeOffset().ToUniversalTime();
        var to = zone.AtStartOfDay(first.PlusMonths(1)).ToDateTimeOffset().ToUniversalTime();
        var counts = await db
            .Messages.Where(m => m.At >= from && m.At < to)
            // What never left costs nothing.
            .Where(m => m.Direction == MessageDirection.Inbound || m.SentAt != null)
            .GroupBy(m => new { m.Direction, m.Kind })
            .Select(g => new ApiUsageCount(
                g.Key.Direction,
                g.Key.Kind,
                g.Count(),
                g.Sum(m => m.Segments)
            ))
            .ToListAsync(cancellation);
        return TypedResults.Ok(
            new ApiUsage(
                wanted.ToString("uuuu'-'MM", CultureInfo.InvariantCulture),
                counts.Sum(c => c.Messages),
                counts.Sum(c => c.Segments),
                [.. counts.OrderBy(c => c.Direction).ThenBy(c => c.Kind)]
            )
        );
    }
}

/// <summary>A month's texts.</summary>
/// <param name="Month">2026-11, by the clinic's calendar.</param>
/// <param name="Messages">Received, and sent ones that left.</param>
/// <param name="Segments">As the carrier charges them.</param>
internal sealed record ApiUsage(
    string Month,
    int Messages,
    int Segments,
    IReadOnlyList<ApiUsageCount> Counts
);

/// <summary>A month's texts of one direction and kind.</summary>
internal sealed record ApiUsageCount(
    MessageDirection Direction,
    MessageKind Kind,
    int Messages,
    int Segments
);
