namespace Clinic.Inbox.Clients;

/// <summary>
/// What is to be written of a client, as people and other systems give it. What is null stays as it is; a new client
/// gets the default.
/// </summary>
public sealed record ClientDraft
{
    /// <summary>At most 100 characters; first or last name must be there.</summary>
    public string? FirstName { get; init; }

    /// <inheritdoc cref="FirstName"/>
    public string? LastName { get; init; }

    /// <summary>At most 254 characters; empty for none.</summary>
    public string? Email { get; init; }

    /// <summary>At most 300 characters.</summary>
    public string? Address { get; init; }

    /// <summary>All numbers in their order, at most 10; those that are missing here are removed.</summary>
    public IReadOnlyList<PhoneDraft>? Phones { get; init; }

    public ReminderPreference? ReminderPreference { get; init; }

    /// <summary>What the client owes, at most ten million either way; negative is credit.</summary>
    public decimal? Balance { get; init; }

    /// <summary>At most 4,000 characters.</summary>
    public string? Notes { get; init; }

    /// <summary>At most 4,000 characters; empty for none.</summary>
    public string? PopUpNote { get; init; }
}

/// <summary>A number as somebody typed it.</summary>
public sealed record PhoneDraft(string Number, PhoneType Type);

/// <summary>What is to be written of a patient. What is null stays as it is; a new patient gets the default.</summary>
public sealed record PatientDraft
{
    /// <summary>1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Dog, Cat, Rabbit …, at most 50 characters.</summary>
    public string? Species { get; init; }

    /// <summary>At most 100 characters.</summary>
    public string? Breed { get; init; }

    /// <summary>At most 50 characters.</summary>
    public string? Sex { get; init; }

    /// <summary>Not in the future; null leaves it, <see cref="BirthdayUnknown"/> clears it.</summary>
    public DateOnly? BornOn { get; init; }

    /// <summary>Takes a known birthday away.</summary>
    public bool BirthdayUnknown { get; init; }

    /// <summary>At most 500 characters; empty for none.</summary>
    public string? Alerts { get; init; }

    public bool? Deceased { get; init; }
}
