using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Writes what the clinic gives, when clients are reminded of it, and to whom it was given.</summary>
public sealed class InventoryBook(InboxWriter writer)
{
    public Task<InventoryResult> AddAsync(
        InventoryDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => SaveAsync(session, known: null, externalId: null, draft, actor),
            cancellation
        );

    public Task<InventoryResult> UpdateAsync(
        Id<InventoryItem> id,
        InventoryDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                await session.LockAsync("InventoryItems", "Id", id.ToString());
                return await session.Db.InventoryItems.FindAsync(id) is { } known
                    ? await SaveAsync(session, known, known.ExternalId, draft, actor)
                    : new InventoryResult.NotFound();
            },
            cancellation
        );

    /// <summary>The practice system's item: made when it is new, else changed.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<InventoryResult> UpsertExternalAsync(
        string externalId,
        InventoryDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new InventoryResult.Invalid(problem);
                }
                await session.LockAsync("InventoryItems", "ExternalId", externalId);
                var known = await session.Db.InventoryItems.FirstOrDefaultAsync(i =>
                    i.ExternalId == externalId
                );
                return await SaveAsync(session, known, externalId, draft, actor);
            },
            cancellation
        );

    /// <inheritdoc cref="Giving.GiveAsync"/>
    public Task<GivenResult> GiveAsync(
        Id<Patient> patientId,
        Id<InventoryItem> itemId,
        DateOnly day,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => Giving.GiveAsync(session, patientId, itemId, day, by),
            cancellation
        );

    private static async Task<InventoryResult> SaveAsync(
        WriteSession session,
        InventoryItem? known,
        string? externalId,
        InventoryDraft draft,
        Actor actor
    )
    {
        var name = draft.Name?.Trim() ?? known?.Name ?? "";
        if ((Names.Problem(name) ?? draft.Action?.To?.Problem()) is { } problem)
        {
            return new InventoryResult.Invalid(problem);
        }
        var item = known;
        if (item is null)
        {
            item = new InventoryItem(Id<InventoryItem>.New(session.Now), name)
            {
                ExternalId = externalId,
            };
            session.Db.InventoryItems.Add(item);
        }
        var before = (item.Name, item.Active, Action: ActionWords.Of(item.Action));
        item.Rename(name);
        item.Active = draft.Active ?? item.Active;
        if (draft.Action is { } change && ActionWords.Of(change.To?.ToAction()) != before.Action)
        {
            item.RemindBy(change.To?.ToAction());
        }
        var after = (item.Name, item.Active, Action: ActionWords.Of(item.Action));
        if (known is null || after != before)
        {
            session.Note(
                actor,
                known is null ? "inventoryItem.added" : "inventoryItem.changed",
                item.Id.ToString(),
                after.Action
            );
        }
        await session.Db.SaveChangesAsync();
        if (known is not null && after != before)
        {
            await PlanAnewAsync(session, item, before.Name);
        }
        return new InventoryResult.Saved(item, known is null);
    }

    /// <summary>What is due of it is called, and reminded of, as the item says now.</summary>
    private static async Task PlanAnewAsync(
        WriteSession session,
        InventoryItem item,
        string nameBefore
    )
    {
        var due = session.Db.MedicalReminders.Where(r =>
            r.ItemId == item.Id && r.State == MedicalState.Due
        );
        if (item.Name != nameBefore)
        {
            await due.Where(r => r.Name == nameBefore)
                .ExecuteUpdateAsync(r => r.SetProperty(x => x.Name, item.Name));
        }
        await due.ExecuteUpdateAsync(r => r.SetProperty(x => x.NeedsPlanning, true));
        session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
    }
}
