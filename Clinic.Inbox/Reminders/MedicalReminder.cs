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
        Name = name;
        DueOn = dueOn;
    }

    public Id<MedicalReminder> Id { get; private set; }
    public string? ExternalId { get; set; }
    public Id<Client> ClientId { get; private set; }
    public Id<Patient> PatientId { get; private set; }

    /// <summary>What it is due by; null: texts are never sent for it, for want of an action.</summary>
    public Id<InventoryItem>? ItemId { get; set; }
    public string Name { get; private set; } = "";

    /// <summary>Clinic's calendar day.</summary>
    public DateOnly DueOn { get; private set; }
    public MedicalState State { get; private set; }

    /// <summary>Something changed that planning has not looked at yet.</summary>
    public bool NeedsPlanning { get; private set; } = true;

    public void DueAgain(string name, DateOnly dueOn)
    {
        Name = name;
        DueOn = dueOn;
        State = MedicalState.Due;
        NeedsPlanning = true;
    }

    /// <summary>It was given (again): nobody is reminded any more.</summary>
    public void Given() => Become(MedicalState.Given);

    /// <summary>Staff decided that it is not wanted.</summary>
    public void Dismiss() => Become(MedicalState.Dismissed);

    internal void Planned() => NeedsPlanning = false;

    internal void Replan() => NeedsPlanning = true;

    private void Become(MedicalState state)
    {
        State = state;
        NeedsPlanning = true;
    }
}

public enum MedicalState
{
    Due,
    Given,
    Dismissed,
}
