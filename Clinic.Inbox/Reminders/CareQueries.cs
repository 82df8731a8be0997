using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Reads what is given and what is due. Nothing here changes anything.</summary>
public sealed class CareQueries(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    private const int MostGiven = 50;
    private const int MostDismissed = 20;

    /// <summary>By name, those that are still given first.</summary>
    public async Task<IReadOnlyList<InventoryRow>> ItemsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var today = clinic.DayOf(clock.GetUtcNow());
        var items = await db.InventoryItems.AsNoTracking().ToListAsync(cancellation);
        var counts = await db
            .MedicalReminders.Where(r => r.State == MedicalState.Due && r.ItemId != null)
            .GroupBy(r => r.ItemId)
            .Select(g => new
            {
                Item = g.Key,
                All = g.Count(),
                Due = g.Count(r => r.DueOn <= today),
            })
            .ToListAsync(cancellation);
        var byItem = counts.ToDictionary(c => c.Item!.Value, c => (c.Due, Coming: c.All - c.Due));
        return
        [
            .. items
                .Select(i =>
                {
                    var (due, coming) = byItem.GetValueOrDefault(i.Id);
                    return new InventoryRow(i, due, coming);
                })
                .OrderByDescending(row => row.Item.Active)
                .ThenBy(row => row.Item.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>Null when there is none.</summary>
    public async Task<InventoryItem?> ItemAsync(
        Id<InventoryItem> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .InventoryItems.AsNoTracking()
            .FirstOrDefaultAsync(i => i.Id == id, cancellation);
    }

    /// <summary>The practice system's item; null when there is none.</summary>
    public async Task<InventoryItem?> ItemByExternalIdAsync(
        string externalId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .InventoryItems.AsNoTracking()
            .FirstOrDefaultAsync(i => i.ExternalId == externalId, cancellation);
    }

    /// <param name="client">With phones and patients.</param>
    public async Task<ClientCare> OfAsync(Client client, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = await CareAsync(
            db,
            client,
            db.MedicalReminders.Where(r => r.ClientId == client.Id && r.State == MedicalState.Due)
                .OrderBy(r => r.DueOn)
                .ThenBy(r => r.Id),
            cancellation
        );
        var dismissed = await CareAsync(
            db,
            client,
            db.MedicalReminders.Where(r =>
                    r.ClientId == client.Id && r.State == MedicalState.Dismissed
                )
                .OrderByDescending(r => r.DueOn)
                .ThenBy(r => r.Id)
                .Take(MostDismissed),
            cancellation
        );
        var patientIds = client.Patients.Select(p => p.Id).ToList();
        var given = await db
            .Treatments.Where(t => patientIds.Contains(t.PatientId))
            .Join(db.InventoryItems, t => t.ItemId, i => i.Id, (t, i) => new { t, i.Name })
            .OrderByDescending(x => x.t.GivenOn)
            .ThenByDescending(x => x.t.Id)
            .Take(MostGiven)
            .ToListAsync(cancellation);
        var (obstacle, gate) = await ObstacleAsync(db, client, cancellation);
        return new ClientCare(
            due,
            dismissed,
            [
                .. given.Select(x => new GivenCare(
                    x.t.Id,
                    x.Name,
                    NameOf(client, x.t.PatientId),
                    x.t.GivenOn,
                    x.t.By
                )),
            ],
            obstacle,
            gate
        );
    }

    /// <summary>What the letter and the gate will say: nobody should wait for a text that can't go.</summary>
    private static async Task<(string? Obstacle, GateDecision? Gate)> ObstacleAsync(
        InboxDb db,
        Client client,
        CancellationToken cancellation
    )
    {
        if (ReminderLetter.WhyNot(client) is { } why)
        {
            return (why, null);
        }
        if (client.ReminderPreference == ReminderPreference.Email)
        {
            return (null, null);
        }
        var mobile = client.Mobile!.Value;
        var owners = await ClientsOfNumber.FindAsync(db, mobile, client.Id, cancellation);
        var decision = await ConsentGate.DecideAsync(
            db,
            mobile,
            owners,
            Purpose.Transactional,
            cancellation
        );
        return (decision.Allowed ? null : decision.Reason, decision);
    }

    private static async Task<IReadOnlyList<DueCare>> CareAsync(
        InboxDb db,
        Client client,
        IQueryable<MedicalReminder> wanted,
        CancellationToken cancellation
    )
    {
        var reminders = await wanted.AsNoTracking().ToListAsync(cancellation);
        var itemIds = reminders.Select(r => r.ItemId).OfType<Id<InventoryItem>>().ToHashSet();
        var items = await db
            .InventoryItems.AsNoTracking()
            .Where(i => itemIds.Contains(i.Id))
            .ToDictionaryAsync(i => i.Id, cancellation);
        var ids = reminders.ConvertAll(r => (Id<MedicalReminder>?)r.Id);
        var next = await db
            .PlannedReminders.Where(p =>
                ids.Contains(p.MedicalReminderId)
                && (p.State == ReminderState.Planned || p.State == ReminderState.Held)
            )
            .Select(p => new { p.MedicalReminderId, p.DueAt })
            .ToListAsync(cancellation);
        var nextOf = next.ToLookup(p => p.MedicalReminderId, p => p.DueAt);
        return
        [
            .. reminders
                .Select(r => new DueCare(
                    r,
                    client.Patients.FirstOrDefault(p => p.Id == r.PatientId)!,
                    r.ItemId is { } id ? items.GetValueOrDefault(id) : null,
                    nextOf.Contains(r.Id) ? nextOf[r.Id].Min() : null
                ))
                // A patient that came to another client took what it is due for along.
                .Where(care => care.Patient is not null),
        ];
    }

    private static string NameOf(Client client, Id<Patient> id) =>
        client.Patients.First(p => p.Id == id).Name;
}
