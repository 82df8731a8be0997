using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Reminders;

/// <summary>Something medical that a patient is due for: a vaccine, a check-up.</summary>
public sealed class MedicalReminder
{
    private MedicalReminder() { }

    public MedicalReminder(
        Id<MedicalReminder> id,
        Id<Client> clientId,
        Id<Patient> patientId,
        string name,
        DateOnly dueOn
    )
    {
        Id = id;
        ClientId = clientId;
        PatientId = patientId;
        Describe(name, dueOn);
    }

    public Id<MedicalReminder> Id { get; private set; }

    /// <summary>The practice system's own id; null when it was made here.</summary>
    public string? ExternalId { get; set; }
    public Id<Client> ClientId { get; private set; }
    public Id<Patient> PatientId { get; private set; }

    /// <summary>What is given when it is due; null: texts are never sent for it, for want of an action.</summary>
    public Id<InventoryItem>? ItemId { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Clinic's calendar day.</summary>
    public DateOnly DueOn { get; private set; }
    public MedicalState State { get; private set; }

    /// <summary>Something changed that planning has not looked at yet.</summary>
    public bool NeedsPlanning { get; private set; } = true;

    /// <exception cref="ArgumentException">The name is empty or over 100 characters.</exception>
    public void Describe(string name, DateOnly dueOn)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
        {
            throw new ArgumentException(
                "A reminder needs a name of at most 100 characters.",
                nameof(name)
            );
        }
        Name = name.Trim();
        DueOn = dueOn;
        NeedsPlanning = true;
    }

    /// <summary>What is given when it is due.</summary>
    public void BelongTo(Id<InventoryItem>? itemId) => (ItemId, NeedsPlanning) = (itemId, true);

    /// <summary>It was given, is not wanted, or is due after all.</summary>
    public void Become(MedicalState state) => (State, NeedsPlanning) = (state, true);

    /// <summary>Another patient is due, or the same one came to another client.</summary>
    internal void BelongTo(Patient patient)
    {
        ClientId = patient.ClientId;
        PatientId = patient.Id;
        NeedsPlanning = true;
    }
}

public enum MedicalState
{
    Due,

    /// <summary>It was given (again): nobody is reminded any more.</summary>
    Given,

    /// <summary>Staff decided that it is not wanted.</summary>
    Dismissed,
}
