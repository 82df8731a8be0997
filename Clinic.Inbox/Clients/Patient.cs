using Clinic.Inbox.Data;

namespace Clinic.Inbox.Clients;

/// <summary>An animal.</summary>
public sealed class Patient
{
    private Patient() { }

    public Patient(Id<Patient> id, Id<Client> clientId, string name, string species)
    {
        Id = id;
        ClientId = clientId;
        Describe(name, species);
    }

    public Id<Patient> Id { get; private set; }
    public Id<Client> ClientId { get; set; }
    public string? ExternalId { get; set; }
    public string Name { get; private set; } = "";

    /// <summary>Dog, Cat, Rabbit …, as the clinic writes it.</summary>
    public string Species { get; private set; } = "";
    public string Breed { get; set; } = "";
    public string Sex { get; set; } = "";
    public DateOnly? BornOn { get; set; }

    /// <summary>What everybody must know before touching the animal ("bites", "penicillin allergy"); empty for none.</summary>
    public string Alerts { get; set; } = "";

    public bool Deceased { get; set; }

    /// <summary>Address of the photo below the web root; null: a drawing of the species stands in.</summary>
    public string? PhotoPath { get; set; }

    /// <exception cref="ArgumentException">The name is empty or over 100 characters.</exception>
    public void Describe(string name, string species)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
        {
            throw new ArgumentException(
                "A patient needs a name of at most 100 characters.",
                nameof(name)
            );
        }
        Name = name.Trim();
        Species = species.Trim();
    }

    /// <summary>Age in words on <paramref name="today"/>: "3 yr", "5 mo", "2 wk"; empty when the birthday is unknown.</summary>
    public string AgeOn(DateOnly today)
    {
        if (BornOn is not { } born || born > today)
        {
            return "";
        }
        var months =
            ((today.Year - born.Year) * 12)
            + today.Month
            - born.Month
            - (today.Day < born.Day ? 1 : 0);
        return months switch
        {
            >= 24 => $"{months / 12} yr",
            >= 3 => $"{months} mo",
            _ => $"{(today.DayNumber - born.DayNumber) / 7} wk",
        };
    }
}
