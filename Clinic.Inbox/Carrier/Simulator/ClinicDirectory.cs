using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
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
    /// <summary>Texts of before the simulator started that a phone shows.</summary>
    private const int MostHistory = 30;

    /// <summary>The line that phones text to: the first two-way one, else the first; null when there is none.</summary>
    public async Task<ClinicLine?> LineAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var line = await db
            .Lines.AsNoTracking()
            .Where(l => l.ReleasedAt == null)
            .OrderByDescending(l => l.AddOn == AddOn.TwoWay)
            .ThenBy(l => l.CreatedAt)
            .FirstOrDefaultAsync(cancellation);
        var clinic = await db.Set<ClinicProfile>()
            .AsNoTracking()
            .SingleOrDefaultAsync(cancellation);
        return line is null
            ? null
            : new ClinicLine(line.Number, clinic?.Name ?? "Our clinic", clinic?.Region ?? "US");
    }

    /// <summary>The mobiles of clients: first of those who texted last, then by when they became clients.</summary>
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
            .OrderByDescending(c =>
                db.Conversations.Where(t => t.ClientId == c.Id && t.State == ConversationState.Open)
                    .Max(t => (DateTimeOffset?)t.LastMessageAt)
                ?? DateTimeOffset.UnixEpoch
            )
            .ThenBy(c => c.CreatedAt)
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

    /// <summary>What the clinic's records say was texted with that phone lately, oldest first.</summary>
    public async Task<IReadOnlyList<PhoneMessage>> HistoryAsync(
        PhoneNumber number,
        ClinicLine line,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var messages = await db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => m.Number == number)
            .Where(m => m.State == MessageState.Received || m.State == MessageState.Delivered)
            .OrderByDescending(m => m.At)
            .Take(MostHistory)
            .ToListAsync(cancellation);
        return
        [
            .. messages
                .OrderBy(m => m.At)
                .Select(m => new PhoneMessage(
                    m.CarrierId ?? m.Id.ToString(),
                    number.Digits,
                    line.Number.Digits,
                    m.Direction == MessageDirection.Outbound,
                    m.Attachments.Count == 0 ? "sms" : "mms",
                    m.FullText,
                    m.Segments,
                    // The files lie with the clinic, behind its sign-in: the phone shows their names.
                    [
                        .. m.Attachments.Select(a => new PhoneFile(
                            a.IsImage ? "image" : "file",
                            "",
                            a.Name
                        )),
                    ],
                    m.At
                )
                {
                    State =
                        m.Direction == MessageDirection.Outbound
                            ? PhoneMessageState.Delivered
                            : PhoneMessageState.Received,
                }),
        ];
    }
}
