using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Demo;

/// <summary>What the parts of the seeding share: the open transaction, who exists so far, and a die that always falls the same.</summary>
internal sealed class DemoPractice(InboxDb db, ClinicProfile clinic, Line line, DemoTime time)
{
    private readonly Dictionary<PhoneNumber, NumberStanding> _standings = [];

    public InboxDb Db => db;
    public ClinicProfile Clinic => clinic;
    public Line Line => line;
    public DemoTime Time => time;

#pragma warning disable CA5394 // Nothing secret hangs on it; it must fall the same at every first start.
    public Random Die { get; } = new(555);
#pragma warning restore CA5394

    public List<Client> Clients { get; } = [];
    public List<Patient> Patients { get; } = [];

    /// <summary>Every consent entry; the newest of a client and category holds.</summary>
    public List<ConsentRecord> Consents { get; } = [];

    public Client Named(string name) =>
        Clients.Find(client => client.FullName == name)
        ?? throw new FormatException($"clients.txt has no {name}.");

    public NumberStanding StandingOf(PhoneNumber number)
    {
        if (!_standings.TryGetValue(number, out var standing))
        {
            standing = new NumberStanding(number);
            _standings.Add(number, standing);
            db.NumberStandings.Add(standing);
        }
        return standing;
    }

    public ConsentRecord? Holding(Client client, ConsentCategory category) =>
        Consents.LastOrDefault(c => c.ClientId == client.Id && c.Category == category)
            is { Action: ConsentAction.Granted } holding
            ? holding
            : null;

    /// <summary>The consent that a client with this number gave before <paramref name="at"/> and that holds.</summary>
    public ConsentRecord? Holding(PhoneNumber number, DateTimeOffset at) =>
        Clients
            .Where(client => client.Phones.Any(phone => phone.Number == number))
            .Select(client => Holding(client, ConsentCategory.Transactional))
            .FirstOrDefault(consent => consent?.At <= at);

    public void Record(
        Client client,
        ConsentCategory category,
        ConsentAction action,
        ConsentMethod method,
        string terms,
        DateTimeOffset at,
        string by
    )
    {
        var record = new ConsentRecord(
            Id<ConsentRecord>.New(at),
            client.Id,
            category,
            action,
            method,
            terms,
            at,
            by,
            at
        );
        Consents.Add(record);
        db.ConsentRecords.Add(record);
    }

    /// <summary>A version 7 id like the carrier's, the same at every first start.</summary>
    public string CarrierId()
    {
        var bytes = new byte[16];
#pragma warning disable CA5394
        Die.NextBytes(bytes);
#pragma warning restore CA5394
        return new Guid(bytes).ToString();
    }
}
