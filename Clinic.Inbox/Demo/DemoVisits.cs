using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Demo;

/// <summary>
/// Appointment types and the book: the visits of <c>visits.txt</c>, which the conversations speak of, and others around
/// them, from a week ago to two weeks ahead.
/// </summary>
internal sealed class DemoVisits
{
    /// <summary>Minutes.</summary>
    private const int Day = 24 * 60;

    private const string Osei = "Dr. Hannah Osei";
    private const string Santos = "Dr. Miguel Santos";
    private const string Byrne = "Tessa Byrne, CVT";

    private static readonly (string Name, int Minutes, string Color, string[] Staff)[] Types =
    [
        ("Wellness exam", 30, "teal", [Osei, Santos]),
        ("Recheck", 20, "blue", [Osei, Santos]),
        ("Vaccines", 20, "blue", [Byrne]),
        ("Sick visit", 30, "rose", [Osei, Santos]),
        ("New patient exam", 45, "teal", [Osei, Santos]),
        ("Dental cleaning", 90, "amber", [Osei]),
        ("Surgery", 120, "violet", [Santos]),
        ("Technician visit", 20, "slate", [Byrne]),
    ];

    private static readonly string[] Rota = [Byrne, Osei, Santos];

    private readonly DemoPractice _practice;
    private readonly Dictionary<string, AppointmentType> _types;
    private readonly List<Appointment> _booked = [];

    private DemoVisits(DemoPractice practice)
    {
        _practice = practice;
        _types = Types.ToDictionary(
            t => t.Name,
            t => new AppointmentType(
                Id<AppointmentType>.New(practice.Line.CreatedAt),
                t.Name,
                t.Minutes,
                t.Color
            ),
            StringComparer.Ordinal
        );
        _types["New patient exam"]
            .RemindBy(sendsConfirmation: true, reminderOffsets: null, 2 * Day);
        _types["Surgery"].RemindBy(sendsConfirmation: true, [3 * Day, Day], 2 * Day);
        DemoReminders.AddTexts(practice, _types["Surgery"]);
        practice.Db.AppointmentTypes.AddRange(_types.Values);
    }

    /// <summary>Fills the book and returns it.</summary>
    public static IReadOnlyList<Appointment> Add(DemoPractice practice)
    {
        var visits = new DemoVisits(practice);
        foreach (var line in DemoData.Lines("visits.txt"))
        {
            visits.AddWritten(line.Split('|', StringSplitOptions.TrimEntries));
        }
        visits.AddOthers();
        return visits._booked;
    }

    private void AddWritten(string[] fields)
    {
        var when = fields[0].Split(' ');
        var day = int.Parse(when[0], CultureInfo.InvariantCulture);
        var time = LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(when[1]).Value;
        var client = _practice.Named(fields[2]);
        var patient =
            _practice.Patients.Find(p => p.ClientId == client.Id && p.Name == fields[3])
            ?? throw new FormatException($"visits.txt: {fields[2]} has no {fields[3]}.");
        Book(
            _types[fields[1]],
            patient,
            _practice.Time.On(day, time),
            Rota.Single(name => name.Contains(fields[4], StringComparison.Ordinal)),
            Enum.Parse<AppointmentStatus>(fields[5], ignoreCase: true)
        );
    }

    private void AddOthers()
    {
        var die = _practice.Die;
        var waiting = new Stack<Patient>(
            _practice
                .Patients.Where(p => !p.Deceased && _booked.TrueForAll(v => v.PatientId != p.Id))
                .OrderBy(_ => die.Next())
        );
        // In turn, so that everybody has something to do.
        var turn = 0;
        for (var day = -7; day <= 14; day++)
        {
            var sunday = _practice.Time.Today.PlusDays(day).DayOfWeek == IsoDayOfWeek.Sunday;
            var wanted =
                day is 0 or 1 ? 6
                : sunday ? 2
                : 3;
            for (var tries = 0; tries < 40 && wanted > 0 && waiting.Count > 0; tries++)
            {
                if (BookSomewhere(waiting.Peek(), day, Rota[turn % Rota.Length]))
                {
                    waiting.Pop();
                    turn++;
                    wanted--;
                }
            }
        }
    }

    private bool BookSomewhere(Patient patient, int day, string who)
    {
        var die = _practice.Die;
        var types = Array.FindAll(Types, type => type.Staff.Contains(who));
        // The first ones are the common ones.
        var (name, minutes, _, _) = types[Math.Min(die.Next(types.Length), die.Next(types.Length))];
        var start = _practice.Time.On(day, new LocalTime(9, 0)).AddMinutes(15 * die.Next(30));
        var end = start.AddMinutes(minutes);
        var lunch = _practice.Time.On(day, new LocalTime(12, 0));
        var taken =
            _booked.Exists(v => v.Staff == who && v.StartsAt < end && v.EndsAt > start)
            || (start < lunch.AddMinutes(45) && end > lunch);
        if (taken || end > _practice.Time.On(day, new LocalTime(17, 0)))
        {
            return false;
        }
        var roll = die.Next(20);
        var status = (roll, day < 0) switch
        {
            (0, _) => AppointmentStatus.Cancelled,
            (1, true) => AppointmentStatus.NoShow,
            (_, true) => AppointmentStatus.Arrived,
            (< 11, _) => AppointmentStatus.Confirmed,
            _ => AppointmentStatus.Booked,
        };
        Book(_types[name], patient, start, who, status);
        return true;
    }

    private void Book(
        AppointmentType type,
        Patient patient,
        DateTimeOffset start,
        string staff,
        AppointmentStatus status
    )
    {
        var now = _practice.Time.Now;
        var visit = new Appointment(
            Id<Appointment>.New(start.AddDays(-20)),
            type.Id,
            patient.ClientId,
            patient.Id,
            start,
            start.AddMinutes(type.Minutes),
            staff
        );
        // Whenever the first look is: who was to come has come, and nobody came before the hour.
        visit.Follow(
            status switch
            {
                AppointmentStatus.Arrived or AppointmentStatus.NoShow when start > now =>
                    AppointmentStatus.Confirmed,
                AppointmentStatus.Booked or AppointmentStatus.Confirmed when start < now =>
                    AppointmentStatus.Arrived,
                _ => status,
            }
        );
        _booked.Add(visit);
        _practice.Db.Appointments.Add(visit);
    }
}
