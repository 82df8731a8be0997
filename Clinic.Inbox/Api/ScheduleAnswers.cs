using System.Text.Json.Serialization;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;

namespace Clinic.Inbox.Api;

/// <summary>A visit in the clinic's book.</summary>
/// <param name="Staff">Who sees the patient; empty: not decided.</param>
/// <param name="ConfirmByText">The client is texted its time, if its type sends confirmations.</param>
/// <param name="Texts">What the client is told of it, earliest due first. Null in answers to writes: texts are planned a moment later.</param>
internal sealed record ApiAppointment(
    string Id,
    string? ExternalId,
    string TypeId,
    string ClientId,
    string? PatientId,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    string Staff,
    AppointmentStatus Status,
    bool ConfirmByText,
    IReadOnlyList<ApiVisitText>? Texts
)
{
    public static ApiAppointment Of(Appointment appointment) => Of(appointment, texts: null);

    public static ApiAppointment Of(Appointment appointment, IEnumerable<VisitMessage>? texts) =>
        new(
            appointment.Id.ToString(),
            appointment.ExternalId,
            appointment.TypeId.ToString(),
            appointment.ClientId.ToString(),
            appointment.PatientId?.ToString(),
            appointment.StartsAt,
            appointment.EndsAt,
            appointment.Staff,
            appointment.Status,
            appointment.WantsConfirmation,
            texts is null ? null : [.. texts.Select(ApiVisitText.Of)]
        );
}

/// <summary>A text that goes out for a visit by itself.</summary>
/// <param name="Kind">confirmation, appointment (a reminder) or preVisit.</param>
/// <param name="State">planned, held, sent, cancelled, missed or skipped.</param>
internal sealed record ApiVisitText(ReminderKind Kind, ReminderState State, DateTimeOffset DueAt)
{
    public static ApiVisitText Of(VisitMessage text) => new(text.Kind, text.State, text.DueAt);
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

    /// <summary>
    /// Whether the client is texted when it is booked or starts at another time. When not given: true for POST and PATCH; false
    /// for PUT by external id, since a practice system confirms what is booked in it, and its first import brings what was
    /// confirmed long ago. Reminders before the visit go out either way.
    /// </summary>
    public bool? ConfirmByText { get; init; }

    /// <summary>Its type, client or patient.</summary>
    internal bool NamesWhatFor =>
        !string.IsNullOrEmpty(
            TypeId
                ?? TypeExternalId
                ?? ClientId
                ?? ClientExternalId
                ?? PatientId
                ?? PatientExternalId
        );
}

/// <summary>A kind of visit.</summary>
/// <param name="Minutes">Usual length.</param>
/// <param name="Color">teal, blue, violet, amber, rose or slate.</param>
/// <param name="SendsConfirmation">A text goes out when a visit of this type is booked or moved.</param>
/// <param name="ReminderOffsets">Minutes before a visit at which a reminder goes; null: as the clinic chose for all; empty: none.</param>
/// <param name="PreVisitOffset">Minutes before a visit at which the pre-visit form is sent; null: it is not.</param>
internal sealed record ApiAppointmentType(
    string Id,
    string? ExternalId,
    string Name,
    int Minutes,
    string Color,
    bool SendsConfirmation,
    IReadOnlyList<int>? ReminderOffsets,
    int? PreVisitOffset
)
{
    public static ApiAppointmentType Of(AppointmentType type) =>
        new(
            type.Id.ToString(),
            type.ExternalId,
            type.Name,
            type.Minutes,
            type.Color,
            type.SendsConfirmation,
            type.ReminderOffsets,
            type.PreVisitOffset
        );
}

/// <summary>What is to be written of an appointment type. What is not given stays as it is.</summary>
internal sealed record AppointmentTypeInput
{
    private readonly Said<IReadOnlyList<int>?>? _reminderOffsets;
    private readonly Said<int?>? _preVisitOffset;

    /// <summary>1 to 100 characters.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? Name { get; init; }

    /// <summary>Usual length, 5 to 1,440; 30 for a new one.</summary>
    public int? Minutes { get; init; }

    /// <summary>teal, blue, violet, amber, rose or slate.</summary>
    public string? Color { get; init; }

    /// <summary>A text goes out when a visit of this type is booked or moved; true for a new one.</summary>
    public bool? SendsConfirmation { get; init; }

    /// <summary>
    /// Minutes before a visit at which a reminder goes, at most six, each 5 to 86,400. Null: as the clinic chose for all.
    /// Empty: none. What is planned for the visits ahead follows.
    /// </summary>
    public IReadOnlyList<int>? ReminderOffsets
    {
        get => _reminderOffsets?.Value;
        init => _reminderOffsets = new(value);
    }

    /// <summary>Minutes before a visit at which the pre-visit form is sent, 5 to 86,400. Null: it is not.</summary>
    public int? PreVisitOffset
    {
        get => _preVisitOffset?.Value;
        init => _preVisitOffset = new(value);
    }

    internal AppointmentTypeDraft ToDraft() =>
        new(Name, Minutes, Color, SendsConfirmation, _reminderOffsets, _preVisitOffset);
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
