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
    public string Name { get; private set; } = "";

    /// <summary>Clinic's calendar day.</summary>
    public DateOnly DueOn { get; private set; }

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
    }

    /// <summary>Another patient is due, or the same one came to another client.</summary>
    internal void BelongTo(Patient patient)
    {
        ClientId = patient.ClientId;
        PatientId = patient.Id;
    }
}
