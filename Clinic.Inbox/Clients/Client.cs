using Clinic.Inbox.Data;

namespace Clinic.Inbox.Clients;

/// <summary>A person who brings animals to the clinic.</summary>
public sealed class Client
{
    private readonly List<ClientPhone> _phones = [];
    private readonly List<Patient> _patients = [];

    private Client() { }

    public Client(Id<Client> id, string firstName, string lastName, DateTimeOffset at)
    {
        Id = id;
        CreatedAt = at;
        Rename(firstName, lastName);
    }

    public Id<Client> Id { get; private set; }

    /// <summary>The practice system's own id; null when the client was made here.</summary>
    public string? ExternalId { get; set; }

    public string FirstName { get; private set; } = "";
    public string LastName { get; private set; } = "";
    public string Email { get; set; } = "";
    public string Address { get; set; } = "";

    /// <summary>How reminders reach the client.</summary>
    public ReminderPreference ReminderPreference { get; set; } = ReminderPreference.Sms;

    /// <summary>What the client owes the clinic, in the clinic's currency; negative is credit.</summary>
    public decimal Balance { get; set; }

    public string Notes { get; set; } = "";

    /// <summary>Shown when the profile opens; empty for none.</summary>
    public string PopUpNote { get; set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    public IReadOnlyList<ClientPhone> Phones => _phones;
    public IReadOnlyList<Patient> Patients => _patients;

    public string FullName => $"{FirstName} {LastName}".Trim();

    /// <summary>The number that reminders go to: the first mobile, null when there is none.</summary>
    public PhoneNumber? Mobile => _phones.FirstOrDefault(p => p.Type == PhoneType.Mobile)?.Number;

    /// <exception cref="ArgumentException">Both names are empty, or one is over 100 characters.</exception>
    public void Rename(string firstName, string lastName)
    {
        firstName = firstName.Trim();
        lastName = lastName.Trim();
        if (firstName.Length + lastName.Length == 0)
        {
            throw new ArgumentException("A client needs a name.", nameof(firstName));
        }
        if (firstName.Length > 100 || lastName.Length > 100)
        {
            throw new ArgumentException("A name has at most 100 characters.", nameof(firstName));
        }
        FirstName = firstName;
        LastName = lastName;
    }

    /// <summary>Adds a number, or changes its type when the client has it already.</summary>
    public void AddPhone(PhoneNumber number, PhoneType type)
    {
        if (_phones.FirstOrDefault(p => p.Number == number) is { } known)
        {
            known.Type = type;
            return;
        }
        _phones.Add(
            new ClientPhone(
                Id,
                number,
                type,
                _phones.Count == 0 ? 0 : _phones.Max(p => p.Position) + 1
            )
        );
    }

    public void RemovePhone(PhoneNumber number) => _phones.RemoveAll(p => p.Number == number);

    /// <summary>Makes these the client's numbers, in this order.</summary>
    public void SetPhones(IReadOnlyList<(PhoneNumber Number, PhoneType Type)> phones)
    {
        _phones.RemoveAll(known => !phones.Any(p => p.Number == known.Number));
        for (var i = 0; i < phones.Count; i++)
        {
            AddPhone(phones[i].Number, phones[i].Type);
            _phones.Single(p => p.Number == phones[i].Number).Position = i;
        }
        _phones.Sort((a, b) => a.Position.CompareTo(b.Position));
    }

    /// <summary>Adds a line to what is shown when the profile opens; what stands there stays.</summary>
    public void AppendPopUpNote(string line) =>
        PopUpNote = PopUpNote.Length == 0 ? line : $"{PopUpNote}\n{line}";
}

/// <summary>One of a client's numbers. Two clients may share a number.</summary>
public sealed class ClientPhone
{
    private ClientPhone() { }

    internal ClientPhone(Id<Client> clientId, PhoneNumber number, PhoneType type, int position)
    {
        ClientId = clientId;
        Number = number;
        Type = type;
        Position = position;
    }

    public Id<Client> ClientId { get; private set; }
    public PhoneNumber Number { get; private set; }
    public PhoneType Type { get; set; }

    /// <summary>Order in the client's list.</summary>
    public int Position { get; internal set; }
}

public enum PhoneType
{
    Mobile,
    Home,
    Work,
    Other,
}

/// <summary>The "Reminders" field of a client's profile.</summary>
public enum ReminderPreference
{
    /// <summary>SMS (Text).</summary>
    Sms,
    Email,
    None,
}

/// <summary>The preference as people read it.</summary>
public static class ReminderPreferenceName
{
    public static string Name(this ReminderPreference preference) =>
        preference switch
        {
            ReminderPreference.Sms => "SMS (Text)",
            ReminderPreference.Email => "Email",
            _ => "None",
        };
}
