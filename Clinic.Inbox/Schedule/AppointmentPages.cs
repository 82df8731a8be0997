using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Schedule;

/// <summary>Reads the book page by page, as other systems do.</summary>
public sealed class AppointmentPages(IDbContextFactory<InboxDb> databases)
{
    public async Task<Appointment?> FindAsync(Id<Appointment> id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Appointments.AsNoTracking()
            .FirstOrDefaultAsync(a => a.Id == id, cancellation);
    }

    public async Task<Appointment?> FindByExternalIdAsync(
        string externalId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Appointments.AsNoTracking()
            .FirstOrDefaultAsync(a => a.ExternalId == externalId, cancellation);
    }

    /// <summary>Earliest first; at most <paramref name="limit"/> after <paramref name="after"/> (null: from the start).</summary>
    /// <param name="since">Those that start then or later; null: all.</param>
    /// <param name="until">Those that start before; null: all.</param>
    public async Task<IReadOnlyList<Appointment>> ListAsync(
        Id<Client>? clientId,
        DateTimeOffset? since,
        DateTimeOffset? until,
        (DateTimeOffset At, Id<Appointment> Id)? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db.Appointments.AsNoTracking();
        found = clientId is { } client ? found.Where(a => a.ClientId == client) : found;
        found = since is { } from ? found.Where(a => a.StartsAt >= from) : found;
        found = until is { } to ? found.Where(a => a.StartsAt < to) : found;
        if (after is var (at, lastId))
        {
            // As text: EF knows no type for a cast parameter.
            var last = lastId.ToString();
            found = found.Where(a =>
                a.StartsAt > at
                || (a.StartsAt == at && string.Compare((string)(object)a.Id, last) > 0)
            );
        }
        return await found
            .OrderBy(a => a.StartsAt)
            .ThenBy(a => a.Id)
            .Take(limit)
            .ToListAsync(cancellation);
    }
}
