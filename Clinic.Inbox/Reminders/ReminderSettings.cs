using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>How the clinic reminds; one row of the settings.</summary>
/// <param name="AppointmentOffsets">Minutes before a visit, where its type says nothing else.</param>
/// <param name="OneTextADay">Several patients of one client on one day become one text.</param>
/// <param name="MedicalTime">Wall-clock time at which medical reminders go.</param>
/// <param name="Grace">How late an appointment reminder may still leave; confirmations and medical ones have a day.</param>
public sealed record ReminderSettings(
    IReadOnlyList<int> AppointmentOffsets,
    bool OneTextADay,
    LocalTime MedicalTime,
    TimeSpan Grace
)
{
    public const string Key = "reminders";

    /// <summary>How late a confirmation or a medical reminder may still leave.</summary>
    public static readonly TimeSpan LongGrace = TimeSpan.FromDays(1);

    public static readonly ReminderSettings Default = new(
        [2 * 24 * 60, 3 * 60],
        OneTextADay: true,
        new LocalTime(10, 0),
        TimeSpan.FromHours(4)
    );
}
