using System.Text.Json.Serialization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Api;

/// <summary>A person who brings animals to the clinic.</summary>
/// <param name="ExternalId">The practice system's own id; null when the client was made here.</param>
/// <param name="ReminderPreference">How reminders reach the client.</param>
/// <param name="Balance">What the client owes, in the clinic's currency; negative is credit.</param>
/// <param name="PopUpNote">Shown when the profile opens; consents add to it.</param>
internal sealed record ApiClient(
    string Id,
    string? ExternalId,
    string FirstName,
    string LastName,
    string Email,
    string Address,
    IReadOnlyList<ApiPhone> Phones,
    ReminderPreference ReminderPreference,
    decimal Balance,
    string Notes,
    string PopUpNote,
    DateTimeOffset CreatedAt
)
{
    public static ApiClient Of(Client client) =>
        new(
            client.Id.ToString(),
            client.ExternalId,
            client.FirstName,
            client.LastName,
            client.Email,
            client.Address,
            [
                .. client
                    .Phones.OrderBy(p => p.Position)
                    .Select(p => new ApiPhone(p.Number.Value, p.Type)),
            ],
            client.ReminderPreference,
            client.Balance,
            client.Notes,
            client.PopUpNote,
            client.CreatedAt
        );
}

/// <param name="Number">E.164 with <c>+</c>; written, any form that people of the clinic's country use.</param>
internal sealed record ApiPhone(string? Number, PhoneType Type = PhoneType.Mobile);

/// <summary>What is to be written of a client. What is not given stays as it is; a new client gets the default.</summary>
internal sealed record ClientInput
{
    /// <summary>At most 100 characters; first or last name must be there.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? FirstName { get; init; }

    /// <summary>At most 100 characters.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? LastName { get; init; }

    public string? Email { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Address { get; init; }

    /// <summary>All numbers in their order, at most 10; those that are missing here are removed.</summary>
    public IReadOnlyList<ApiPhone?>? Phones { get; init; }

    public ReminderPreference? ReminderPreference { get; init; }

    /// <summary>What the client owes; negative is credit.</summary>
    public decimal? Balance { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Notes { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? PopUpNote { get; init; }

    internal ClientDraft ToDraft() =>
        new()
        {
            FirstName = FirstName,
            LastName = LastName,
            Email = Email,
            Address = Address,
            Phones = Phones
                ?.Select(p => new PhoneDraft(p?.Number ?? "", p?.Type ?? PhoneType.Mobile))
                .ToList(),
            ReminderPreference = ReminderPreference,
            Balance = Balance,
            Notes = Notes,
            PopUpNote = PopUpNote,
        };
}

/// <summary>An animal.</summary>
/// <param name="BornOn">Null when unknown.</param>
/// <param name="Alerts">What everybody must know before touching the animal; empty for none.</param>
internal sealed record ApiPatient(
    string Id,
    string? ExternalId,
    string ClientId,
    string Name,
    string Species,
    string Breed,
    string Sex,
    DateOnly? BornOn,
    string Alerts,
    bool Deceased
)
{
    public static ApiPatient Of(Patient patient) =>
        new(
            patient.Id.ToString(),
            patient.ExternalId,
            patient.ClientId.ToString(),
            patient.Name,
            patient.Species,
            patient.Breed,
            patient.Sex,
            patient.BornOn,
            patient.Alerts,
            patient.Deceased
        );
}

/// <summary>What is to be written of a patient. What is not given stays as it is.</summary>
internal sealed record PatientInput
{
    /// <summary>Whose it is; or <see cref="ClientExternalId"/>.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whose it is, by the practice system's own id.</summary>
    public string? ClientExternalId { get; init; }

    /// <summary>1 to 100 characters.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? Name { get; init; }

    /// <summary>Dog, Cat, Rabbit …, as the clinic writes it.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? Species { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Breed { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Sex { get; init; }

    public DateOnly? BornOn { get; init; }

    /// <summary>Takes a known birthday away.</summary>
    public bool BirthdayUnknown { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Alerts { get; init; }

    public bool? Deceased { get; init; }

    internal PatientDraft ToDraft() =>
        new()
        {
            Name = Name,
            Species = Species,
            Breed = Breed,
            Sex = Sex,
            BornOn = BornOn,
            BirthdayUnknown = BirthdayUnknown,
            Alerts = Alerts,
            Deceased = Deceased,
        };
}

/// <summary>One entry of a client's consent book.</summary>
/// <param name="Terms">The exact words that were read or shown.</param>
/// <param name="GrantedAt">When the client agreed; null for a withdrawal.</param>
/// <param name="WithdrawnAt">When the client took it back; null for a consent.</param>
/// <param name="By">Who took it.</param>
/// <param name="RecordedAt">When it was written down here.</param>
internal sealed record ApiConsent(
    string Id,
    ConsentCategory Category,
    ConsentAction Action,
    ConsentMethod Method,
    string Terms,
    DateTimeOffset? GrantedAt,
    DateTimeOffset? WithdrawnAt,
    string By,
    DateTimeOffset RecordedAt
)
{
    public static ApiConsent Of(ConsentRecord record)
    {
        var granted = record.Action == ConsentAction.Granted;
        return new(
            record.Id.ToString(),
            record.Category,
            record.Action,
            record.Method,
            record.Terms,
            granted ? record.At : null,
            granted ? null : record.At,
            record.By,
            record.RecordedAt
        );
    }
}

/// <summary>A consent to write down.</summary>
/// <param name="Category">transactional or marketing; one never implies the other.</param>
/// <param name="Method">inPerson, phone, onlineForm or text.</param>
/// <param name="Terms">The exact words that were read or shown.</param>
/// <param name="GrantedAt">When the client agreed; now when not given.</param>
/// <param name="By">Who took it; the key's name when not given.</param>
internal sealed record ConsentInput(
    ConsentCategory? Category,
    ConsentMethod? Method,
    [property: JsonConverter(typeof(LenientText))] string? Terms,
    DateTimeOffset? GrantedAt,
    [property: JsonConverter(typeof(LenientText))] string? By
);

/// <summary>Finds what a body refers to.</summary>
internal static class References
{
    /// <summary>The client of an id or of the practice system's id; null when neither names one.</summary>
    public static async Task<Id<Client>?> FindClientAsync(
        this ClientBook clients,
        string? id,
        string? externalId,
        CancellationToken cancellation
    )
    {
        var found =
            Id<Client>.TryParse(id, provider: null, out var known)
                ? await clients.FindAsync(known, cancellation)
            : string.IsNullOrEmpty(externalId) ? null
            : await clients.FindByExternalIdAsync(externalId, cancellation);
        return found?.Id;
    }
}
