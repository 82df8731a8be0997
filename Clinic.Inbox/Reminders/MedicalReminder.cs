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
    public Id<Client> ClientId { get; private set; }
    public Id<Patient> PatientId { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Clinic's calendar day.</summary>
    public DateOnly DueOn { get; private set; }
}
