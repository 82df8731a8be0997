using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>What a reminder speaks of, as the template's variables name it.</summary>
internal static class ReminderText
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    public static Dictionary<string, string> Values(ClinicProfile clinic, Client client) =>
        new(StringComparer.Ordinal)
        {
            ["clinic.name"] = clinic.Name,
            ["clinic.phone"] = clinic.Phone,
            ["client.first_name"] = client.FirstName,
            ["client.last_name"] = client.LastName,
            ["client.name"] = client.FullName,
        };

    public static void AddPatients(
        Dictionary<string, string> values,
        IReadOnlyList<Patient> patients
    )
    {
        values["patient.name"] =
            patients.Count == 0
                ? "your pet"
                : Join([.. patients.Select(p => p.Name).Distinct(StringComparer.Ordinal)]);
        values["patient.species"] = patients is [var only]
            ? only.Species.ToLowerInvariant()
            : "pet";
    }

    public static void AddAppointment(
        Dictionary<string, string> values,
        Appointment appointment,
        AppointmentType type,
        DateTimeZone zone
    )
    {
        var local = Instant
            .FromDateTimeOffset(appointment.StartsAt)
            .InZone(zone)
            .ToDateTimeUnspecified();
        values["appointment.date"] = local.ToString("dddd, MMMM d", English);
        values["appointment.time"] = local.ToString("h:mm tt", English);
        values["appointment.type"] = type.Name;
        values["appointment.staff"] = appointment.Staff;
        values["appointment.confirmed"] =
            appointment.Status == AppointmentStatus.Confirmed ? "yes" : "";
    }

    public static void AddMedical(
        Dictionary<string, string> values,
        IReadOnlyList<MedicalReminder> due
    )
    {
        values["reminder.name"] = Join([
            .. due.Select(r => r.Name).Distinct(StringComparer.Ordinal),
        ]);
        values["reminder.due_date"] = due.Min(r => r.DueOn).ToString("MMMM d", English);
    }

    /// <summary>"Bella", "Bella and Max", "Bella, Max and Tiger".</summary>
    internal static string Join(IReadOnlyList<string> names) =>
        names.Count < 2
            ? string.Concat(names)
            : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";
}
