using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Whether what is planned for a client could leave, as things stand.</summary>
/// <param name="Note">How it goes, or why it can't, in plain words.</param>
/// <param name="Gate">What the gate says; null: it does not come to that.</param>
public sealed record Outlook(bool Goes, string Note, GateDecision? Gate = null);

/// <summary>
/// Asked before a visit is booked, so that whoever books it can ask for the missing number or consent while the client is
/// still there. The gate decides again when the text leaves.
/// </summary>
public sealed class ReminderOutlook(IDbContextFactory<InboxDb> databases)
{
    public async Task<Outlook> OfAsync(Id<Client> clientId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .FirstOrDefaultAsync(c => c.Id == clientId, cancellation);
        if (client is null)
        {
            return new Outlook(Goes: false, "This client is not there any more.");
        }
        if (ReminderLetter.WhyNot(client) is { } why)
        {
            return new Outlook(Goes: false, why);
        }
        if (client.ReminderPreference == ReminderPreference.Email)
        {
            return new Outlook(Goes: true, "It goes by email, as the client prefers.");
        }
        if (!await db.Lines.AnyAsync(l => l.AddOn != AddOn.Off, cancellation))
        {
            return new Outlook(Goes: false, "No line is switched on (Settings, Add-ons).");
        }
        var number = client.Mobile!.Value;
        var decision = await ConsentGate.DecideAsync(
            db,
            number,
            await ClientsOfNumber.FindAsync(db, number, clientId, cancellation),
            Purpose.Transactional,
            cancellation
        );
        var region = await db.ClinicProfiles.Select(c => c.Region).SingleAsync(cancellation);
        return decision.Allowed
            ? new Outlook(
                Goes: true,
                $"To {number.Display(region)}, outside quiet hours.",
                decision
            )
            : new Outlook(Goes: false, "", decision);
    }
}
