using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit in the clinic's book.</summary>
public sealed class Appointment
{
    private Appointment() { }

    public Appointment(
        Id<Appointment> id,
        Id<AppointmentType> typeId,
        Id<Client> clientId,
        Id<Patient>? patientId,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string staff
    )
    {
        Id = id;
        TypeId = typeId;
        ClientId = clientId;
        PatientId = patientId;
        Staff = staff;
        MoveTo(startsAt, endsAt);
    }

    public Id<Appointment> Id { get; private set; }
    public string? ExternalId { get; set; }
    public Id<AppointmentType> TypeId { get; private set; }
    public Id<Client> ClientId { get; private set; }
    public Id<Patient>? PatientId { get; private set; }
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }

    /// <summary>Who sees the patient.</summary>
    public string Staff { get; private set; } = "";
    public AppointmentStatus Status { get; private set; }

    /// <exception cref="ArgumentException">It would end before it starts.</exception>
    public void MoveTo(DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        if (endsAt <= startsAt)
        {
            throw new ArgumentException("An appointment ends after it starts.", nameof(endsAt));
        }
        StartsAt = startsAt;
        EndsAt = endsAt;
    }

    public void Confirm() => Status = AppointmentStatus.Confirmed;

    public void Cancel() => Status = AppointmentStatus.Cancelled;

    public void CheckIn() => Status = AppointmentStatus.Arrived;

    public void MarkNoShow() => Status = AppointmentStatus.NoShow;
}

public enum AppointmentStatus
{
    Booked,
    Confirmed,
    Arrived,
    Cancelled,
    NoShow,
}

/// <summary>A kind of visit.</summary>
public sealed class AppointmentType
{
    private AppointmentType() { }

    public AppointmentType(Id<AppointmentType> id, string name, int minutes, string color)
    {
        Id = id;
        Name = name;
        Minutes = minutes;
        Color = color;
    }

    public Id<AppointmentType> Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Usual length, minutes.</summary>
    public int Minutes { get; private set; }

    /// <summary>One of the theme's schedule colours: teal, blue, violet, amber, rose, slate.</summary>
    public string Color { get; private set; } = "";
}
