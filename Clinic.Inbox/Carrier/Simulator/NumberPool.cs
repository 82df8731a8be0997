using System.Collections.Concurrent;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using PhoneNumbers;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>A number of the simulated carrier, for rent or rented.</summary>
/// <param name="Msisdn">E.164 digits without <c>+</c>.</param>
/// <param name="Type">As Vonage names it.</param>
/// <param name="Cost">Euros a month.</param>
/// <param name="ApplicationId">Which application its texts go to; null: none.</param>
internal sealed record PoolNumber(
    string Msisdn,
    string Country,
    string Type,
    string Cost,
    string? ApplicationId = null
);

/// <summary>
/// The numbers that the simulated carrier rents out: of each area code those that are kept for fiction (555-01xx), none of
/// which rings at anybody's. What was rented is remembered until the app stops; the clinic's lines are rented anyway.
/// </summary>
public sealed class NumberPool(IDbContextFactory<InboxDb> databases)
{
    private static readonly PhoneNumberUtil Phones = PhoneNumberUtil.GetInstance();

    /// <summary>Offered where nobody names an area code.</summary>
    private static readonly Dictionary<string, string[]> Areas = new(StringComparer.Ordinal)
    {
        ["US"] = ["212", "312", "415", "512", "617", "773"],
        ["CA"] = ["416", "514", "604"],
    };

    private static readonly string[] TollFree = ["800", "833", "844", "855", "866", "877", "888"];

    private readonly ConcurrentDictionary<string, PoolNumber> _rented = new(StringComparer.Ordinal);

    /// <summary>How many purchases there were.</summary>
    public int Purchases => _purchases;

    private int _purchases;

    internal async Task<IReadOnlyList<PoolNumber>> OfferedAsync(
        string country,
        string pattern,
        string searchPattern,
        CancellationToken cancellation
    )
    {
        var owned = (await OwnedAsync(cancellation))
            .Select(n => n.Msisdn)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Candidates(country, searchPattern == "0" ? pattern : "")
                .Where(n => Matches(n.Msisdn, pattern, searchPattern) && !owned.Contains(n.Msisdn)),
        ];
    }

    internal async Task<IReadOnlyList<PoolNumber>> OwnedAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var lines = await db
            .Lines.AsNoTracking()
            .Where(l => l.ReleasedAt == null)
            .Select(l => l.Number)
            .ToListAsync(cancellation);
        return
        [
            .. _rented.Values.Concat(
                lines
                    .Where(n => !_rented.ContainsKey(n.Digits))
                    .Select(n => new PoolNumber(
                        n.Digits,
                        CountryOf(n.Digits),
                        "mobile-lvn",
                        "0.90"
                    ))
            ),
        ];
    }

    /// <summary>False when nobody can have it: it is no number of the pool, or somebody's.</summary>
    internal async Task<bool> TryRentAsync(
        string country,
        string msisdn,
        CancellationToken cancellation
    )
    {
        var offered = (await OfferedAsync(country, msisdn, "0", cancellation)).FirstOrDefault(n =>
            n.Msisdn == msisdn
        );
        if (offered is null || !_rented.TryAdd(msisdn, offered))
        {
            return false;
        }
        Interlocked.Increment(ref _purchases);
        return true;
    }

    internal async Task<bool> TryLinkAsync(
        string msisdn,
        string? applicationId,
        CancellationToken cancellation
    )
    {
        var owned = (await OwnedAsync(cancellation)).FirstOrDefault(n => n.Msisdn == msisdn);
        if (owned is null)
        {
            return false;
        }
        _rented[msisdn] = owned with { ApplicationId = applicationId };
        return true;
    }

    internal async Task<bool> TryCancelAsync(string msisdn, CancellationToken cancellation)
    {
        var owned = (await OwnedAsync(cancellation)).Any(n => n.Msisdn == msisdn);
        _rented.TryRemove(msisdn, out _);
        return owned;
    }

    private static IEnumerable<PoolNumber> Candidates(string country, string startsWith)
    {
        var areas =
            startsWith.Length >= 4 ? [startsWith[1..4]] : Areas.GetValueOrDefault(country, []);
        if (country is not ("US" or "CA") || (startsWith.Length > 0 && startsWith[0] != '1'))
        {
            yield break;
        }
        for (var last = 120; last < 170; last++)
        {
            foreach (var area in areas)
            {
                var msisdn = $"1{area}555{last:0000}";
                var tollFree = TollFree.Contains(area, StringComparer.Ordinal);
                if (tollFree || IsOf(country, msisdn))
                {
                    yield return new PoolNumber(
                        msisdn,
                        country,
                        tollFree ? "landline-toll-free" : "mobile-lvn",
                        tollFree ? "1.80" : "0.90"
                    );
                }
            }
        }
    }

    private static bool Matches(string msisdn, string pattern, string searchPattern) =>
        searchPattern switch
        {
            "1" => msisdn.Contains(pattern, StringComparison.Ordinal),
            "2" => msisdn.EndsWith(pattern, StringComparison.Ordinal),
            _ => msisdn.StartsWith(pattern, StringComparison.Ordinal),
        };

    private static bool IsOf(string country, string msisdn) =>
        Phones.IsValidNumberForRegion(Phones.Parse("+" + msisdn, null), country);

    private static string CountryOf(string msisdn)
    {
        try
        {
            return Phones.GetRegionCodeForNumber(Phones.Parse("+" + msisdn, null)) ?? "US";
        }
        catch (NumberParseException)
        {
            return "US";
        }
    }
}
