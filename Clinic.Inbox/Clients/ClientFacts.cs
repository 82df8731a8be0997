using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>Reads what other features know of a client. Nothing here changes anything.</summary>
public sealed class ClientFacts(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    private const int MostVisits = 5;
    private const int MostDue = 20;
    private const int MostTexts = 100;

    /// <summary>An appointment is still to come for this long after its start: the client may be late.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(30);

    /// <summary>Null when there is no such client.</summary>
    public async Task<ClientCard?> CardAsync(Id<Client> id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .WithPhonesAndPatients()
            .FirstOrDefaultAsync(c => c.Id == id, cancellation);
        if (client is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var now = clock.GetUtcNow();
        return new ClientCard(
            client,
            clinic.Region,
            clinic.DayOf(now),
            await VisitsAsync(db, client, now, cancellation),
            await DueAsync(db, client, cancellation),
            await ConsentGate.HoldingAsync(db, id, ConsentCategory.Transactional, cancellation),
            await ConsentGate.HoldingAsync(db, id, ConsentCategory.Marketing, cancellation),
            await OptedOutAsync(db, client, cancellation)
        );
    }

    /// <summary>Clients who have this number, with phones and patients, at most 10: more than one when it is shared.</summary>
    public async Task<IReadOnlyList<Client>> OwnersAsync(
        PhoneNumber number,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Clients.AsNoTracking()
            .WithPhonesAndPatients()
            .Where(c => c.Phones.Any(p => p.Number == number))
            .OrderBy(c => c.LastName)
            .ThenBy(c => c.FirstName)
            .Take(10)
            .ToListAsync(cancellation);
    }

    /// <summary>The clinic's own facts: name, region.</summary>
    public async Task<ClinicProfile> ClinicAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
    }

    /// <summary>How the clinic asks for consent, with its words.</summary>
    public async Task<ConsentSettings> ConsentSettingsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(ConsentSettings.Key, ConsentSettings.Default, cancellation);
    }

    /// <summary>The newest 100 reminders that were texted to this client or, without a client, to one of the numbers.</summary>
    public async Task<IReadOnlyList<MessageView>> ReminderTextsAsync(
        Client client,
        CancellationToken cancellation
    )
    {
        var numbers = Numbers(client);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var texts = await db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m =>
                m.Kind == MessageKind.Reminder
                && (m.ClientId == client.Id || (m.ClientId == null && numbers.Contains(m.Number)))
            )
            .OrderByDescending(m => m.At)
            .Take(MostTexts)
            .ToListAsync(cancellation);
        return [.. texts.Select(MessageView.Of)];
    }

    /// <summary>Every opt-out and opt-in of the client's numbers, newest first.</summary>
    public async Task<IReadOnlyList<OptOutRecord>> OptOutsAsync(
        Client client,
        CancellationToken cancellation
    )
    {
        var numbers = Numbers(client);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .OptOutRecords.AsNoTracking()
            .Where(o => numbers.Contains(o.Number))
            .OrderByDescending(o => o.At)
            .ThenByDescending(o => o.Id)
            .ToListAsync(cancellation);
    }

    private static async Task<List<NextVisit>> VisitsAsync(
        InboxDb db,
        Client client,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var from = now - Late;
        return await db
            .Appointments.Where(a =>
                a.ClientId == client.Id
                && a.StartsAt >= from
                && a.Status != AppointmentStatus.Cancelled
                && a.Status != AppointmentStatus.NoShow
            )
            .OrderBy(a => a.StartsAt)
            .Take(MostVisits)
            .Select(a => new NextVisit(
                a.Id,
                a.StartsAt,
                db.AppointmentTypes.Where(t => t.Id == a.TypeId).Select(t => t.Name).First(),
                db.Patients.Where(p => p.Id == a.PatientId).Select(p => p.Name).FirstOrDefault(),
                a.Staff,
                a.Status
            ))
            .ToListAsync(cancellation);
    }

    private static Task<List<DueReminder>> DueAsync(
        InboxDb db,
        Client client,
        CancellationToken cancellation
    ) =>
        db
            .MedicalReminders.Where(r => r.ClientId == client.Id && r.State == MedicalState.Due)
            .Join(
                db.Patients.Where(p => !p.Deceased),
                r => r.PatientId,
                p => p.Id,
                (r, p) =>
                    new
                    {
                        r.Name,
                        Patient = p.Name,
                        r.DueOn,
                    }
            )
            .OrderBy(r => r.DueOn)
            .Take(MostDue)
            .Select(r => new DueReminder(r.Name, r.Patient, r.DueOn))
            .ToListAsync(cancellation);

    private static async Task<Dictionary<PhoneNumber, DateTimeOffset>> OptedOutAsync(
        InboxDb db,
        Client client,
        CancellationToken cancellation
    )
    {
        var numbers = Numbers(client);
        return await db
            .NumberStandings.Where(n => numbers.Contains(n.Number) && n.OptedOutAt != null)
            .ToDictionaryAsync(n => n.Number, n => n.OptedOutAt!.Value, cancellation);
    }

    private static List<PhoneNumber> Numbers(Client client) =>
        [.. client.Phones.Select(p => p.Number)];
}
