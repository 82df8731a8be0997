using Clinic.Inbox.Data;

namespace Clinic.Inbox.Clients;

/// <summary>A draft that was read and found good: parsed once, trusted from here on.</summary>
internal sealed class ClientValues
{
    private const int MostPhones = 10;
    private const decimal LargestBalance = 10_000_000m;

    private readonly TypedText _typed = new();
    private readonly string? _email;
    private readonly string? _address;
    private readonly string? _notes;
    private readonly string? _popUpNote;
    private readonly decimal? _balance;
    private readonly ReminderPreference? _preference;

    /// <param name="known">The client that is changed; null for a new one.</param>
    /// <param name="region">Where numbers without a country code are read.</param>
    public ClientValues(ClientDraft draft, Client? known, string region)
    {
        FirstName =
            _typed.Line(draft.FirstName, "firstName", "A first name", 100)
            ?? known?.FirstName
            ?? "";
        LastName =
            _typed.Line(draft.LastName, "lastName", "A last name", 100) ?? known?.LastName ?? "";
        if (FirstName.Length + LastName.Length == 0)
        {
            _typed.Add("firstName", "Enter a first or a last name.");
        }
        _email = _typed.Email(draft.Email, "email");
        _address = _typed.Lines(draft.Address, "address", "An address", 300);
        _notes = _typed.Lines(draft.Notes, "notes", "A note", 4_000);
        // Consents are appended to it without asking; what nobody changed is not judged again.
        _popUpNote =
            draft.PopUpNote == known?.PopUpNote
                ? null
                : _typed.Lines(draft.PopUpNote, "popUpNote", "A pop-up note", 4_000);
        _preference = _typed.Choice(draft.ReminderPreference, "reminderPreference");
        _balance = draft.Balance;
        if (_balance is < -LargestBalance or > LargestBalance)
        {
            _typed.Add("balance", "A balance is at most ten million.");
        }
        Phones = draft.Phones is null ? null : Read(draft.Phones, region);
    }

    public string FirstName { get; }
    public string LastName { get; }

    /// <summary>Null: they stay as they are.</summary>
    public IReadOnlyList<(PhoneNumber Number, PhoneType Type)>? Phones { get; }

    public IReadOnlyList<FieldProblem> Problems => _typed.Problems;

    /// <summary>Writes what differs, and names it.</summary>
    public IReadOnlyList<string> ApplyTo(Client client)
    {
        var changed = new List<string>();
        if (FirstName != client.FirstName || LastName != client.LastName)
        {
            client.Rename(FirstName, LastName);
            changed.Add("name");
        }
        Set("email", _email, client.Email, value => client.Email = value);
        Set("address", _address, client.Address, value => client.Address = value);
        Set("notes", _notes, client.Notes, value => client.Notes = value);
        Set("popUpNote", _popUpNote, client.PopUpNote, value => client.PopUpNote = value);
        if (_balance is { } balance && balance != client.Balance)
        {
            client.Balance = balance;
            changed.Add("balance");
        }
        if (_preference is { } preference && preference != client.ReminderPreference)
        {
            client.ReminderPreference = preference;
            changed.Add("reminderPreference");
        }
        if (
            Phones is not null
            && !Phones.SequenceEqual(client.Phones.Select(p => (p.Number, p.Type)))
        )
        {
            client.SetPhones(Phones);
            changed.Add("phones");
        }
        return changed;

        void Set(string field, string? value, string now, Action<string> write)
        {
            if (value is not null && value != now)
            {
                write(value);
                changed.Add(field);
            }
        }
    }

    private List<(PhoneNumber, PhoneType)> Read(IReadOnlyList<PhoneDraft> drafts, string region)
    {
        var phones = new List<(PhoneNumber Number, PhoneType Type)>();
        if (drafts.Count > MostPhones)
        {
            _typed.Add("phones", $"A client has at most {MostPhones} numbers.");
            return phones;
        }
        for (var i = 0; i < drafts.Count; i++)
        {
            var field = $"phones[{i}].number";
            _typed.Choice<PhoneType>(drafts[i].Type, $"phones[{i}].type");
            if (!PhoneNumber.TryParse(drafts[i].Number, region, out var number, out var problem))
            {
                _typed.Add(field, problem);
            }
            else if (phones.Exists(p => p.Number == number))
            {
                _typed.Add(field, "This number is in the list already.");
            }
            else
            {
                phones.Add((number, drafts[i].Type));
            }
        }
        return phones;
    }
}
