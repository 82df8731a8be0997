using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>The clients and patients of <c>clients.txt</c>, their consents, and what the patients are due for.</summary>
internal static class DemoClients
{
    private const string Terms =
        "We'd like to send you text messages for appointment reminders, confirmations, and important updates about your pet. "
        + "Do we have your permission to contact you by SMS?";

    private const string MarketingTerms =
        "May we also text you news and offers? It is your choice and no condition of any visit or purchase. "
        + "About two texts a month; you can stop them at any time by replying STOP.";

    private static readonly ConsentMethod[] Methods =
    [
        ConsentMethod.InPerson,
        ConsentMethod.InPerson,
        ConsentMethod.OnlineForm,
        ConsentMethod.Phone,
    ];

    public static void Add(DemoPractice practice)
    {
        Client? owner = null;
        foreach (var line in DemoData.Lines("clients.txt"))
        {
            var fields = line.Split('|', StringSplitOptions.TrimEntries);
            if (line[0] == '-')
            {
                AddPatient(practice, owner!, fields);
            }
            else
            {
                owner = AddClient(practice, fields);
            }
        }
        AddDue(practice);
    }

    private static Client AddClient(DemoPractice practice, string[] fields)
    {
        var space = fields[0].IndexOf(' ', StringComparison.Ordinal);
        var consent = fields[5].Split(' ');
        var days = consent is [_, var ago] ? Number(ago) : practice.Die.Next(170, 420);
        var since = practice.Time.On(
            -days,
            new LocalTime(practice.Die.Next(9, 16), practice.Die.Next(60))
        );
        var client = new Client(
            Id<Client>.New(since),
            fields[0][..space],
            fields[0][(space + 1)..],
            since
        )
        {
            Email = EmailOf(fields[0]),
            Address = fields[2],
            Balance = decimal.Parse(fields[3], CultureInfo.InvariantCulture),
            ReminderPreference = Enum.Parse<ReminderPreference>(fields[4], ignoreCase: true),
            Notes = fields[6],
            PopUpNote = fields[7],
        };
        foreach (var phone in fields[1].Split(", "))
        {
            client.AddPhone(
                NumberOf(phone.TrimStart('h', 'w')),
                phone[0] switch
                {
                    'h' => PhoneType.Home,
                    'w' => PhoneType.Work,
                    _ => PhoneType.Mobile,
                }
            );
        }
        practice.Clients.Add(client);
        practice.Db.Clients.Add(client);
        AddConsent(practice, client, consent[0], since);
        return client;
    }

    private static void AddConsent(
        DemoPractice practice,
        Client client,
        string consent,
        DateTimeOffset since
    )
    {
        if (consent == "none")
        {
            return;
        }
        var method = Methods[practice.Die.Next(Methods.Length)];
        var by =
            method == ConsentMethod.OnlineForm
                ? client.FullName
                : DemoSignIns.All[practice.Die.Next(2)].Name;
        practice.Record(
            client,
            ConsentCategory.Transactional,
            ConsentAction.Granted,
            method,
            Terms,
            since,
            by
        );
        if (consent == "both")
        {
            practice.Record(
                client,
                ConsentCategory.Marketing,
                ConsentAction.Granted,
                ConsentMethod.OnlineForm,
                MarketingTerms,
                since.AddMinutes(2),
                client.FullName
            );
        }
        if (consent == "withdrawn")
        {
            practice.Record(
                client,
                ConsentCategory.Transactional,
                ConsentAction.Withdrawn,
                ConsentMethod.Phone,
                "Withdrawn at the client's request",
                since.AddDays(90),
                by
            );
            client.ReminderPreference = ReminderPreference.Email;
        }
    }

    private static void AddPatient(DemoPractice practice, Client owner, string[] fields)
    {
        var name = fields[0].TrimStart('-', ' ');
        var at = owner.CreatedAt.AddMinutes(1);
        var patient = new Patient(
            Id<Patient>.New(at),
            owner.Id,
            name.TrimStart('†', ' '),
            fields[1]
        )
        {
            Breed = fields[2],
            Sex = fields[3],
            BornOn = BornOn(practice, fields[4]),
            PhotoPath = fields[5].Length == 0 ? null : $"/img/pets/{fields[5]}.svg",
            Alerts = fields[6],
            Deceased = name[0] == '†',
        };
        practice.Patients.Add(patient);
        practice.Db.Patients.Add(patient);
    }

    /// <summary>Every other patient is due for something, some since a while.</summary>
    private static void AddDue(DemoPractice practice)
    {
        var care = new DemoCare(practice);
        foreach (var patient in practice.Patients.Where(p => !p.Deceased))
        {
            string[] due = patient.Species switch
            {
                "Dog" => ["Rabies vaccine", "DHPP booster", "Bordetella booster", "Heartworm test"],
                "Cat" => ["Rabies vaccine", "FVRCP booster", "Yearly check-up"],
                _ => ["Yearly check-up", "Nail trim"],
            };
            if (practice.Die.Next(2) == 0)
            {
                continue;
            }
            var first = practice.Die.Next(due.Length);
            for (var i = 0; i <= practice.Die.Next(2); i++)
            {
                care.Add(
                    patient,
                    due[(first + i) % due.Length],
                    practice.Time.Today.PlusDays(practice.Die.Next(-20, 60)).ToDateOnly()
                );
            }
        }
    }

    /// <summary><c>312 0134</c> is +1 312 555 0134.</summary>
    private static PhoneNumber NumberOf(string text) =>
        PhoneNumber.TryFromCarrier(
            "1" + text.Replace(" ", "555", StringComparison.Ordinal),
            out var number
        )
            ? number
            : throw new FormatException($"clients.txt: {text} is no number.");

    private static string EmailOf(string name) =>
        string.Concat(
                name.Normalize(System.Text.NormalizationForm.FormD)
                    .Where(c => char.IsAsciiLetter(c) || c == ' ')
            )
            .ToLowerInvariant()
            .Replace(' ', '.') + "@example.com";

    /// <summary><c>4y3m</c>, <c>4y</c> or <c>8m</c> ago; empty: unknown.</summary>
    private static DateOnly? BornOn(DemoPractice practice, string age)
    {
        if (age.Length == 0)
        {
            return null;
        }
        var years = age.Split('y');
        var months = years[^1].TrimEnd('m');
        var total =
            (years.Length == 2 ? Number(years[0]) * 12 : 0)
            + (months.Length == 0 ? 0 : Number(months));
        return practice.Time.Today.PlusMonths(-total).PlusDays(-practice.Die.Next(25)).ToDateOnly();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
