using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>Reads and writes patients. Every change is told as a change of their client.</summary>
public sealed class PatientBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Null when there is none.</summary>
    public async Task<Patient?> FindAsync(Id<Patient> id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Patients.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellation);
    }

    /// <inheritdoc cref="FindAsync"/>
    public async Task<Patient?> FindByExternalIdAsync(
        string externalId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Patients.AsNoTracking()
            .FirstOrDefaultAsync(p => p.ExternalId == externalId, cancellation);
    }

    /// <summary>Patients by age of their record, oldest first.</summary>
    /// <param name="clientId">Only this client's; null: everybody's.</param>
    /// <param name="after">The last patient of the page before; null: from the start.</param>
    /// <param name="limit">Most patients on the page, at least 1.</param>
    public async Task<IReadOnlyList<Patient>> ListAsync(
        Id<Client>? clientId,
        Id<Patient>? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db.Patients.AsNoTracking();
        found = clientId is { } client ? found.Where(p => p.ClientId == client) : found;
        // The id as text: EF knows no type for a cast parameter.
        var last = after?.ToString();
        found = last is not null
            ? found.Where(p => string.Compare((string)(object)p.Id, last) > 0)
            : found;
        return await found.OrderBy(p => p.Id).Take(limit).ToListAsync(cancellation);
    }

    public Task<PatientResult> AddAsync(
        Id<Client> clientId,
        PatientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => AddAsync(session, clientId, draft, externalId: null, actor),
            cancellation
        );

    /// <summary>Writes what the draft names and leaves the rest.</summary>
    public Task<PatientResult> UpdateAsync(
        Id<Patient> id,
        PatientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                await session.LockAsync("Patients", "Id", id.ToString());
                return await session.Db.Patients.FirstOrDefaultAsync(p => p.Id == id) is { } patient
                    ? await ChangeAsync(session, patient, patient.ClientId, draft, actor)
                    : new PatientResult.NotFound();
            },
            cancellation
        );

    /// <summary>
    /// Takes a patient that was entered by mistake out of the book, with what it was due for; its appointments stay,
    /// without a patient. One that died is marked instead.
    /// </summary>
    /// <returns>False when there is none.</returns>
    public Task<bool> RemoveAsync(Id<Patient> id, Actor actor, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                if (
                    await session.Db.Patients.FirstOrDefaultAsync(p => p.Id == id)
                    is not { } patient
                )
                {
                    return false;
                }
                session.Db.Patients.Remove(patient);
                session.Note(actor, "patient.removed", id.ToString(), patient.ClientId.ToString());
                await session.Db.SaveChangesAsync();
                session.Publish(new InboxEvent.ClientChanged(patient.ClientId, Number: null));
                return true;
            },
            cancellation
        );

    /// <summary>The practice system's patient: made when it is new, else changed and, when it moved, given to the client.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<PatientResult> UpsertExternalAsync(
        string externalId,
        Id<Client> clientId,
        PatientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new PatientResult.Invalid([problem]);
                }
                await session.LockAsync("Patients", "ExternalId", externalId);
                return
                    await session.Db.Patients.FirstOrDefaultAsync(p => p.ExternalId == externalId)
                        is { } patient
                    ? await ChangeAsync(session, patient, clientId, draft, actor)
                    : await AddAsync(session, clientId, draft, externalId, actor);
            },
            cancellation
        );

    private static async Task<PatientResult> AddAsync(
        WriteSession session,
        Id<Client> clientId,
        PatientDraft draft,
        string? externalId,
        Actor actor
    )
    {
        if (!await session.Db.Clients.AnyAsync(c => c.Id == clientId))
        {
            return new PatientResult.NotFound();
        }
        var values = new PatientValues(draft, known: null, await TodayAsync(session));
        if (values.Problems.Count > 0)
        {
            return new PatientResult.Invalid(values.Problems);
        }
        var patient = new Patient(
            Id<Patient>.New(session.Now),
            clientId,
            values.Name,
            values.Species
        )
        {
            ExternalId = externalId,
        };
        values.ApplyTo(patient);
        session.Db.Patients.Add(patient);
        session.Note(actor, "patient.added", patient.Id.ToString(), clientId.ToString());
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.ClientChanged(clientId, Number: null));
        return new PatientResult.Saved(patient, Created: true);
    }

    private static async Task<PatientResult> ChangeAsync(
        WriteSession session,
        Patient patient,
        Id<Client> clientId,
        PatientDraft draft,
        Actor actor
    )
    {
        var before = patient.ClientId;
        if (clientId != before && !await session.Db.Clients.AnyAsync(c => c.Id == clientId))
        {
            return new PatientResult.NotFound();
        }
        var values = new PatientValues(draft, patient, await TodayAsync(session));
        if (values.Problems.Count > 0)
        {
            return new PatientResult.Invalid(values.Problems);
        }
        var changed = values.ApplyTo(patient).ToList();
        if (clientId != before)
        {
            patient.ClientId = clientId;
            changed.Add("clientId");
            session.Publish(new InboxEvent.ClientChanged(before, Number: null));
        }
        if (changed.Count > 0)
        {
            session.Note(
                actor,
                "patient.changed",
                patient.Id.ToString(),
                string.Join(", ", changed)
            );
            await session.Db.SaveChangesAsync();
            session.Publish(new InboxEvent.ClientChanged(clientId, Number: null));
        }
        return new PatientResult.Saved(patient, Created: false);
    }

    private static async Task<DateOnly> TodayAsync(WriteSession session) =>
        (await session.Db.ClinicProfiles.AsNoTracking().SingleAsync()).DayOf(session.Now);
}
