using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using NodaTime;
using NodaTime.TimeZones;

namespace Clinic.Inbox.Reminders;

/// <summary>One text that should go out.</summary>
/// <param name="Key">See <see cref="PlannedReminder.Key"/>.</param>
/// <param name="TooLate">It was due before it could be foreseen: it stays when it was planned then, and is not made up for.</param>
public sealed record Foreseen(
    string Key,
    ReminderKind Kind,
    DateTimeOffset DueAt,
    DateTimeOffset ExpiresAt,
    bool TooLate = false
);

/// <summary>What is looked at while planning.</summary>
public sealed record PlanningRules(ReminderSettings Settings, QuietHours Quiet, DateTimeZone Zone)
{
    /// <summary>
    /// Until when something due at <paramref name="due"/> may leave: the grace period counts from when it was first allowed to,
    /// one that ends in quiet hours ends an hour after them, and nothing is said after <paramref name="end"/>.
    /// </summary>
    public DateTimeOffset Expiry(Instant due, TimeSpan grace, Instant end)
    {
        var late = Quiet.NextAllowed(due, Zone) + Duration.FromTimeSpan(grace);
        var morning = Quiet.NextAllowed(late, Zone);
        late = morning == late ? late : morning + Duration.FromHours(1);
        return (late < end ? late : end).ToDateTimeOffset();
    }
}

/// <summary>Which texts an appointment calls for. A pure function: planning compares its result with what is planned.</summary>
public static class AppointmentPlan
{
    private const int Day = 24 * 60;

    public static IReadOnlyList<Foreseen> Of(
        Appointment appointment,
        AppointmentType type,
        PlanningRules rules,
        DateTimeOffset now
    )
    {
        var start = Instant.FromDateTimeOffset(appointment.StartsAt);
        if (
            appointment.Status is not (AppointmentStatus.Booked or AppointmentStatus.Confirmed)
            || appointment.StartsAt <= now
        )
        {
            return [];
        }
        var plan = new List<Foreseen>();
        var prefix = $"appointment/{appointment.Id}";
        var at = Micros.Of(appointment.StartsAt);
        if (appointment.WantsConfirmation && type.SendsConfirmation)
        {
            plan.Add(
                new Foreseen(
                    $"{prefix}/confirmation/{appointment.TimesTold}",
                    ReminderKind.Confirmation,
                    now,
                    rules.Expiry(Instant.FromDateTimeOffset(now), ReminderSettings.LongGrace, start)
                )
            );
        }
        foreach (var minutes in type.ReminderOffsets ?? rules.Settings.AppointmentOffsets)
        {
            Add($"{prefix}/reminder/{minutes}/{at}", ReminderKind.Appointment, minutes);
        }
        if (type.PreVisitOffset is { } before)
        {
            Add($"{prefix}/previsit/{before}/{at}", ReminderKind.PreVisit, before);
        }
        return plan;

        void Add(string key, ReminderKind kind, int minutes)
        {
            var due = Before(start, minutes, rules.Zone);
            plan.Add(
                new Foreseen(
                    key,
                    kind,
                    due.ToDateTimeOffset(),
                    rules.Expiry(due, rules.Settings.Grace, start),
                    TooLate: due.ToDateTimeOffset() <= now
                )
            );
        }
    }

    /// <summary>
    /// Whole days are days of the calendar: two days before a visit at nine is nine o'clock, also when the clock changed in
    /// between. What is left are minutes that pass.
    /// </summary>
    internal static Instant Before(Instant start, int minutes, DateTimeZone zone)
    {
        var local = start.InZone(zone).LocalDateTime.PlusDays(-(minutes / Day));
        return zone.ResolveLocal(local, Resolvers.LenientResolver).ToInstant()
            - Duration.FromMinutes(minutes % Day);
    }
}

/// <summary>Which texts a medical reminder calls for.</summary>
public static class MedicalPlan
{
    /// <param name="action">Its item's; null: none, and nothing is sent.</param>
    public static IReadOnlyList<Foreseen> Of(
        MedicalReminder reminder,
        ReminderAction? action,
        PlanningRules rules,
        DateTimeOffset now
    )
    {
        if (reminder.State != MedicalState.Due || action is null)
        {
            return [];
        }
        var plan = new List<Foreseen>();
        var due = LocalDate.FromDateOnly(reminder.DueOn);
        foreach (var offset in action.Offsets)
        {
            var at = rules
                .Zone.ResolveLocal(
                    due.PlusDays(offset).At(rules.Settings.MedicalTime),
                    Resolvers.LenientResolver
                )
                .ToInstant();
            plan.Add(
                new Foreseen(
                    $"medical/{reminder.Id}/{offset}/{reminder.DueOn:yyyyMMdd}",
                    ReminderKind.Medical,
                    at.ToDateTimeOffset(),
                    rules.Expiry(at, ReminderSettings.LongGrace, Instant.MaxValue),
                    TooLate: at.ToDateTimeOffset() <= now
                )
            );
        }
        return plan;
    }
}
