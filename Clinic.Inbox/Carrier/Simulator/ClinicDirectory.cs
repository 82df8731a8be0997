using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>A line of the clinic as phones know it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Clinic">The clinic's name.</param>
/// <param name="Region">ISO 3166 region in which numbers are written.</param>
public sealed record ClinicLine(PhoneNumber Number, string Clinic, string Region);

/// <summary>A phone and whose it is; <paramref name="Name"/> is empty for a stranger's.</summary>
public sealed record PhoneOwner(PhoneNumber Number, string Name);

/// <summary>What the simulated network knows of the clinic: its number and whose phones there are.</summary>
public sealed class ClinicDirectory(IDbContextFactory<InboxDb> databases)
{
    /// <summary>The line that phones text to: the first two-way one, else the first; null when there is none.</summary>
    public async Task<ClinicLine?> LineAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var line = await db
            .Lines.AsNoTracking()
            .OrderByDescending(l => l.AddOn == AddOn.TwoWay)
            .ThenBy(l => l.CreatedAt)
            .FirstOrDefaultAsync(cancellation);
        var clinic = await db.Set<ClinicProfile>().AsNoTracking().FirstOrDefaultAsync(cancellation);
        return line is null
            ? null
            : new ClinicLine(line.Number, clinic?.Name ?? "Our clinic", clinic?.Region ?? "US");
    }

    /// <summary>The mobiles of the first clients, by when they became clients.</summary>
    public async Task<IReadOnlyList<PhoneOwner>> FirstMobilesAsync(
        int count,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clients = await db
            .Clients.AsNoTracking()
            .Include(c => c.Phones)
            .Where(c => c.Phones.Any(p => p.Type == PhoneType.Mobile))
            .OrderBy(c => c.CreatedAt)
            .ThenBy(c => c.Id)
            .Take(count)
            .ToListAsync(cancellation);
        return [.. clients.Select(c => new PhoneOwner(c.Mobile!.Value, c.FullName))];
    }

    /// <summary>Whose number it is; the first of several who share it.</summary>
    public async Task<PhoneOwner> OwnerAsync(PhoneNumber number, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .Where(c => c.Phones.Any(p => p.Number == number))
            .OrderBy(c => c.CreatedAt)
            .FirstOrDefaultAsync(cancellation);
        return new PhoneOwner(number, client?.FullName ?? "");
    }
}
