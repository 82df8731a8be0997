using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>What makes the demo clinic text by itself: its hours, a text of its own.</summary>
internal static class DemoReminders
{
    /// <summary>The hours that <see cref="DemoTime"/> tells of.</summary>
    public static void AddHours(DemoPractice practice)
    {
        var days = Enum.GetValues<IsoDayOfWeek>()
            .Where(day => day != IsoDayOfWeek.None)
            .ToDictionary(
                day => day,
                day =>
                {
                    var (opens, closes) = DemoTime.Hours(day);
                    return (IReadOnlyList<OpenSpan>)[new OpenSpan(opens, closes)];
                }
            );
        practice.Db.Settings.Add(SettingStore.Row(WeeklyHours.Key, new WeeklyHours(days)));
    }

    /// <summary>Surgery has a text of its own.</summary>
    public static void AddTexts(DemoPractice practice, AppointmentType surgery)
    {
        var at = practice.Time.On(-90, new LocalTime(9, 30));
        practice.Db.TemplateVersions.Add(
            new TemplateVersion(
                Id<TemplateVersion>.New(at),
                TemplateKind.AppointmentReminder,
                surgery.Id.ToString(),
                number: 1,
                "Hi {{ client.first_name }}, {{ patient.name }}'s surgery is on {{ appointment.date }}. No food after midnight, water is fine. "
                    + "Please come at {{ appointment.time }}.{% unless appointment.confirmed %} Reply C to confirm.{% endunless %}",
                DemoSignIns.All[1].Name,
                at
            )
        );
    }

    /// <summary>The network was away one morning.</summary>
    public static void AddMissed(DemoPractice practice, Appointment visit)
    {
        var due = visit.StartsAt.AddHours(-3);
        var missed = new PlannedReminder(
            Id<PlannedReminder>.New(due),
            $"appointment/{visit.Id}/reminder/180/{Micros.Of(visit.StartsAt)}",
            ReminderKind.Appointment,
            visit.ClientId,
            visit.PatientId,
            practice.Clinic.DayOf(visit.StartsAt),
            due,
            visit.StartsAt
        )
        {
            AppointmentId = visit.Id,
        };
        missed.Miss("It could not leave in time.", visit.StartsAt);
        practice.Db.PlannedReminders.Add(missed);
    }
}
