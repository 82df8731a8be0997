using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>What is to be written of a medical reminder. What is null stays as it is.</summary>
/// <param name="Name">1 to 100 characters; the item's name when it is new and none is given.</param>
/// <param name="ItemId">What is given when it is due; texts go by that item's action.</param>
public sealed record MedicalReminderDraft(
    Id<Patient>? PatientId,
    string? Name,
    DateOnly? DueOn,
    Id<InventoryItem>? ItemId = null,
    MedicalState? State = null
);

/// <summary>What came of writing a medical reminder.</summary>
public abstract record MedicalReminderResult
{
    private MedicalReminderResult() { }

    public sealed record Saved(MedicalReminder Reminder, bool Created) : MedicalReminderResult;

    public sealed record Invalid(FieldProblem Problem) : MedicalReminderResult;

    public sealed record NotFound : MedicalReminderResult;
}

/// <summary>Reads and writes what patients are due for.</summary>
public sealed class MedicalReminderBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    public async Task<MedicalReminder?> FindAsync(
        Id<MedicalReminder> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .MedicalReminders.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Id == id, cancellation);
    }

    public async Task<MedicalReminder?> FindByExternalIdAsync(
        string externalId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .MedicalReminders.AsNoTracking()
            .FirstOrDefaultAsync(r => r.ExternalId == externalId, cancellation);
    }

    /// <summary>By age of their record, oldest first; at most <paramref name="limit"/> after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<MedicalReminder>> ListAsync(
        Id<Client>? clientId,
        Id<MedicalReminder>? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db.MedicalReminders.AsNoTracking();
        found = clientId is { } client ? found.Where(r => r.ClientId == client) : found;
        // As text: EF knows no type for a cast parameter.
        var last = after?.ToString();
        found = last is null
            ? found
            : found.Where(r => string.Compare((string)(object)r.Id, last) > 0);
        return await found.OrderBy(r => r.Id).Take(limit).ToListAsync(cancellation);
    }

    public Task<MedicalReminderResult> AddAsync(
        MedicalReminderDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => SaveAsync(session, known: null, externalId: null, draft, actor),
            cancellation
        );

    public Task<MedicalReminderResult> UpdateAsync(
        Id<MedicalReminder> id,
        MedicalReminderDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                await session.LockAsync("MedicalReminders", "Id", id.ToString());
                return await session.Db.MedicalReminders.FindAsync(id) is { } known
                    ? await SaveAsync(session, known, known.ExternalId, draft, actor)
                    : new MedicalReminderResult.NotFound();
            },
            cancellation
        );

    /// <summary>The practice system's reminder: made when it is new, else changed.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<MedicalReminderResult> UpsertExternalAsync(
        string externalId,
        MedicalReminderDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new MedicalReminderResult.Invalid(problem);
                }
                await session.LockAsync("MedicalReminders", "ExternalId", externalId);
                var known = await session.Db.MedicalReminders.FirstOrDefaultAsync(r =>
                    r.ExternalId == externalId
                );
                return await SaveAsync(session, known, externalId, draft, actor);
            },
            cancellation
        );

    private static async Task<MedicalReminderResult> SaveAsync(
        WriteSession session,
        MedicalReminder? known,
        string? externalId,
        MedicalReminderDraft draft,
        Actor actor
    )
    {
        var db = session.Db;
        var patientId = draft.PatientId ?? known?.PatientId;
        if (await db.Patients.FirstOrDefaultAsync(p => p.Id == patientId) is not { } patient)
        {
            return Invalid("patientId", "There is no such patient.");
        }
        InventoryItem? item = null;
        if (draft.ItemId is { } itemId)
        {
            item = await db.InventoryItems.FirstOrDefaultAsync(i => i.Id == itemId);
            if (item is null)
            {
                return Invalid("itemId", "There is no such inventory item.");
            }
        }
        var name = draft.Name?.Trim() ?? known?.Name ?? item?.Name ?? "";
        if (Names.Problem(name) is { } problem)
        {
            return new MedicalReminderResult.Invalid(problem);
        }
        if ((draft.DueOn ?? known?.DueOn) is not { } dueOn)
        {
            return Invalid("dueOn", "Say when it is due.");
        }
        if (dueOn.Year is < 1980 or > 2200)
        {
            // Days around it are computed: one at the end of time would stop the planning of all others.
            return Invalid("dueOn", "The year is 1980 to 2200.");
        }
        var reminder = known;
        if (reminder is null)
        {
            reminder = new MedicalReminder(
                Id<MedicalReminder>.New(session.Now),
                patient.ClientId,
                patient.Id,
                name,
                dueOn
            )
            {
                ExternalId = externalId,
            };
            db.MedicalReminders.Add(reminder);
        }
        else
        {
            if (reminder.ClientId != patient.ClientId)
            {
                session.Publish(new InboxEvent.ClientChanged(reminder.ClientId, Number: null));
            }
            reminder.Describe(name, dueOn);
            reminder.BelongTo(patient);
        }
        if (item is not null)
        {
            reminder.BelongTo(item.Id);
        }
        if (draft.State is { } state)
        {
            reminder.Become(state);
        }
        session.Note(
            actor,
            known is null ? "medicalReminder.added" : "medicalReminder.changed",
            reminder.Id.ToString()
        );
        await db.SaveChangesAsync();
        session.Publish(new InboxEvent.RemindersChanged(reminder.ClientId));
        session.Publish(new InboxEvent.ClientChanged(reminder.ClientId, Number: null));
        return new MedicalReminderResult.Saved(reminder, known is null);
    }

    private static MedicalReminderResult.Invalid Invalid(string field, string problem) =>
        new(new FieldProblem(field, problem));
}
