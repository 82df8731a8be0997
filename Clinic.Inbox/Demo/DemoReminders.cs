using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>What makes the demo clinic text by itself: its hours, what it gives and when that is due again, a text of its own.</summary>
internal static class DemoReminders
{
    /// <summary>Name, days until it is due again (0: nobody is reminded), days before and after it on which a text goes.</summary>
    private static readonly (string Name, int Interval, int[] Lead, int[] FollowUp)[] Given =
    [
        ("Rabies vaccine", 1_095, [14, 2], [7]),
        ("DHPP booster", 365, [14], [7]),
        ("FVRCP booster", 365, [14], [7]),
        ("Bordetella booster", 180, [7], []),
        ("Heartworm test", 365, [14], [14]),
        ("Yearly check-up", 365, [21, 3], [14]),
        ("Nail trim", 0, [], []),
    ];

    /// <summary>Before the clients: their patients are due for these.</summary>
    public static void AddItems(DemoPractice practice)
    {
        foreach (var (name, interval, lead, followUp) in Given)
        {
            var item = new InventoryItem(Id<InventoryItem>.New(practice.Line.CreatedAt), name);
            if (interval > 0)
            {
                item.RemindBy(new ReminderAction(interval, lead, followUp));
            }
            practice.Items.Add(item);
            practice.Db.InventoryItems.Add(item);
        }
    }

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

    /// <summary>The record of a reminder that left with a text two days before its visit.</summary>
    public static void AddSent(
        DemoPractice practice,
        Appointment visit,
        Conversations.Message message
    )
    {
        var sent = new PlannedReminder(
            Id<PlannedReminder>.New(message.At),
            $"appointment/{visit.Id}/reminder/2880/{Micros.Of(visit.StartsAt)}",
            ReminderKind.Appointment,
            visit.ClientId,
            visit.PatientId,
            DayOf(practice, visit),
            message.At,
            visit.StartsAt
        )
        {
            AppointmentId = visit.Id,
        };
        sent.LeaveWith(message.Id, message.At);
        practice.Db.PlannedReminders.Add(sent);
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
            DayOf(practice, visit),
            due,
            visit.StartsAt
        )
        {
            AppointmentId = visit.Id,
        };
        missed.Miss("It could not leave in time.", visit.StartsAt);
        practice.Db.PlannedReminders.Add(missed);
    }

    private static DateOnly DayOf(DemoPractice practice, Appointment visit) =>
        Instant
            .FromDateTimeOffset(visit.StartsAt)
            .InZone(DateTimeZoneProviders.Tzdb[practice.Clinic.TimeZone])
            .Date.ToDateOnly();
}
