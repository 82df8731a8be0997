using Clinic.Inbox.Layout;
using Clinic.Inbox.Reminders;

namespace Clinic.Inbox.Schedule;

/// <summary>The kinds of visits.</summary>
public sealed partial class AppointmentTypesPage(
    ScheduleQueries schedule,
    ReminderSettingsBook settings,
    ILogger<AppointmentTypesPage> log
) : LoadedPage(log)
{
    private IReadOnlyList<AppointmentType>? _types;
    private IReadOnlyList<int> _usual = [];

    protected override async Task LoadAsync()
    {
        _usual = (await settings.ReadAsync(Cancellation)).AppointmentOffsets;
        _types = await schedule.TypesAsync(Cancellation);
    }

    /// <summary>"Confirmation · reminders 2 days and 3 hours before · form 1 day before".</summary>
    private string Texts(AppointmentType type)
    {
        var offsets = type.ReminderOffsets ?? _usual;
        var parts = new List<string>
        {
            type.SendsConfirmation ? "Confirmation" : "No confirmation",
            offsets.Count == 0 ? "no reminders" : $"reminders {OffsetWords.Of(offsets)}",
        };
        if (type.PreVisitOffset is { } before)
        {
            parts.Add($"form {OffsetWords.Of(before)} before");
        }
        return string.Join(" · ", parts);
    }
}
