using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>Clients with all that belongs to them.</summary>
internal static class WholeClients
{
    /// <summary>Phones in their order, patients by name, those that have died last.</summary>
    public static IQueryable<Client> WithPhonesAndPatients(this IQueryable<Client> clients) =>
        clients
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .Include(c => c.Patients.OrderBy(p => p.Deceased).ThenBy(p => p.Name))
            .AsSplitQuery();
}
