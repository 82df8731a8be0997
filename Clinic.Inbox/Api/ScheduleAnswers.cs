using System.Text.Json.Serialization;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;

namespace Clinic.Inbox.Api;

/// <summary>A visit in the clinic's book.</summary>
/// <param name="Staff">Who sees the patient; empty: not decided.</param>
internal sealed record ApiAppointment(
    string Id,
    string? ExternalId,
    string TypeId,
    string ClientId,
    string? PatientId,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    string Staff,
    AppointmentStatus Status
)
{
    public static ApiAppointment Of(Appointment appointment) =>
        new(
            appointment.Id.ToString(),
            appointment.ExternalId,
            appointment.TypeId.ToString(),
            appointment.ClientId.ToString(),
            appointment.PatientId?.ToString(),
            appointment.StartsAt,
            appointment.EndsAt,
            appointment.Staff,
            appointment.Status
        );
}

/// <summary>What is to be written of an appointment. Type, client and patient are named by our id or the practice system's.</summary>
internal sealed record AppointmentInput
{
    public string? TypeId { get; init; }
    public string? TypeExternalId { get; init; }
    public string? ClientId { get; init; }
    public string? ClientExternalId { get; init; }
    public string? PatientId { get; init; }
    public string? PatientExternalId { get; init; }
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>As long as its type usually takes when not given.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    [JsonConverter(typeof(LenientText))]
    public string? Staff { get; init; }

    /// <summary>booked, confirmed, arrived, cancelled or noShow.</summary>
    public AppointmentStatus? Status { get; init; }
}

/// <summary>A kind of visit.</summary>
/// <param name="Minutes">Usual length.</param>
/// <param name="Color">teal, blue, violet, amber, rose or slate.</param>
internal sealed record ApiAppointmentType(
    string Id,
    string? ExternalId,
    string Name,
    int Minutes,
    string Color
)
{
    public static ApiAppointmentType Of(AppointmentType type) =>
        new(type.Id.ToString(), type.ExternalId, type.Name, type.Minutes, type.Color);
}

/// <summary>What is to be written of an appointment type. What is not given stays as it is.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Minutes">Usual length, 5 to 1,440; 30 for a new one.</param>
/// <param name="Color">teal, blue, violet, amber, rose or slate.</param>
internal sealed record AppointmentTypeInput(
    [property: JsonConverter(typeof(LenientText))] string? Name,
    int? Minutes,
    string? Color
)
{
    internal AppointmentTypeDraft ToDraft() => new(Name, Minutes, Color);
}

/// <summary>Something medical that a patient is due for.</summary>
/// <param name="DueOn">The clinic's calendar day.</param>
/// <param name="ItemId">What is given when it is due; texts go by its reminder action. Null: nothing is texted.</param>
/// <param name="State">due, given or dismissed.</param>
internal sealed record ApiMedicalReminder(
    string Id,
    string? ExternalId,
    string ClientId,
    string PatientId,
    string Name,
    DateOnly DueOn,
    string? ItemId,
    MedicalState State
)
{
    public static ApiMedicalReminder Of(MedicalReminder reminder) =>
        new(
            reminder.Id.ToString(),
            reminder.ExternalId,
            reminder.ClientId.ToString(),
            reminder.PatientId.ToString(),
            reminder.Name,
            reminder.DueOn,
            reminder.ItemId?.ToString(),
            reminder.State
        );
}

/// <summary>What is to be written of a medical reminder. What is not given stays as it is.</summary>
/// <param name="PatientId">The patient; or <paramref name="PatientExternalId"/>.</param>
/// <param name="Name">1 to 100 characters; the item's when it is new and none is given.</param>
/// <param name="DueOn">The clinic's calendar day.</param>
/// <param name="ItemId">What is given when it is due; or <paramref name="ItemExternalId"/>.</param>
/// <param name="State">due, given or dismissed.</param>
internal sealed record MedicalReminderInput(
    string? PatientId,
    string? PatientExternalId,
    [property: JsonConverter(typeof(LenientText))] string? Name,
    DateOnly? DueOn,
    string? ItemId = null,
    string? ItemExternalId = null,
    MedicalState? State = null
);
