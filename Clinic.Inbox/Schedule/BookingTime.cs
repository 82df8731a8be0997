using System.Globalization;
using Clinic.Inbox.Clients;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace Clinic.Inbox.Schedule;

/// <summary>When a visit shall be, as it is typed: <c>yyyy-MM-dd</c>, <c>HH:mm</c> on the clinic's clocks, minutes.</summary>
internal sealed record BookingTime(DateTimeZone Zone, string Date, string Time, string Minutes)
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture(
        "HH:mm"
    );

    /// <summary>
    /// What is proposed, kept to the instant: on the hour that comes twice, or with seconds, what is written says less than
    /// what is meant.
    /// </summary>
    private DateTimeOffset? _proposed;

    public static BookingTime Of(DateTimeZone zone, DateTimeOffset start, TimeSpan length)
    {
        var local = Instant.FromDateTimeOffset(start).InZone(zone).LocalDateTime;
        return new BookingTime(
            zone,
            LocalDatePattern.Iso.Format(local.Date),
            Clock.Format(local.TimeOfDay),
            Write((int)Math.Round(length.TotalMinutes))
        )
        {
            _proposed = start,
        };
    }

    public BookingTime Lasting(int minutes) => this with { Minutes = Write(minutes) };

    /// <summary>The instants; null when what is typed is none. A time that the clocks skip is the one they go on with.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Read()
    {
        if (
            ReadDate() is not { } date
            || ReadTime() is not { } time
            || ReadMinutes() is not { } length
        )
        {
            return null;
        }
        var start = Proposes(date, time)
            ? _proposed!.Value
            : Zone.ResolveLocal(date.At(time), Resolvers.LenientResolver).ToDateTimeOffset();
        return (start, start.AddMinutes(length));
    }

    public IEnumerable<FieldProblem> Problems()
    {
        if (ReadDate() is null)
        {
            yield return new("date", "Choose a date.");
        }
        if (ReadTime() is null)
        {
            yield return new("time", "Choose a time.");
        }
        if (ReadMinutes() is null)
        {
            yield return new("minutes", "5 minutes to 31 days.");
        }
    }

    private bool Proposes(LocalDate date, LocalTime time)
    {
        if (_proposed is not { } proposed)
        {
            return false;
        }
        var local = Instant.FromDateTimeOffset(proposed).InZone(Zone).LocalDateTime;
        return local.Date == date && local.Hour == time.Hour && local.Minute == time.Minute;
    }

    private LocalDate? ReadDate() =>
        LocalDatePattern.Iso.Parse(Date) is { Success: true, Value: var date }
        && date.Year is > 1999 and < 2200
            ? date
            : null;

    private LocalTime? ReadTime() =>
        Clock.Parse(Time.Length > 5 ? Time[..5] : Time) is { Success: true, Value: var time }
            ? time
            : null;

    private int? ReadMinutes() =>
        int.TryParse(Minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes >= 5
        && minutes <= AppointmentBook.Longest.TotalMinutes
            ? minutes
            : null;

    private static string Write(int minutes) => minutes.ToString(CultureInfo.InvariantCulture);
}
