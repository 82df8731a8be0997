using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>From when until when, on one day of the wall clock. <see cref="To"/> at midnight means the end of the day.</summary>
public sealed record OpenSpan(LocalTime From, LocalTime To)
{
    internal long End =>
        To == LocalTime.Midnight ? NodaConstants.NanosecondsPerDay : To.NanosecondOfDay;
}

/// <summary>Days on which the clinic is closed whatever the weekday says: a holiday, a one-off closure.</summary>
/// <param name="To">The last day, inclusive.</param>
public sealed record ClosedDays(LocalDate From, LocalDate To, string Name)
{
    public bool Contains(LocalDate day) => From <= day && day <= To;
}

/// <summary>
/// When the clinic is open, as rules of the wall clock in its zone, right across clock changes: a span that the clock
/// jumps over begins where the clock goes on, one that happens twice counts both times.
/// </summary>
public sealed class ClinicHours(
    DateTimeZone zone,
    IReadOnlyDictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>> weekdays,
    IReadOnlyList<ClosedDays> closed
)
{
    /// <summary>How far ahead an opening is looked for; a clinic that is closed longer has no next opening.</summary>
    private const int MostDaysAhead = 400;

    public DateTimeZone Zone { get; } = zone;

    public bool IsOpen(Instant at)
    {
        var local = at.InZone(Zone).LocalDateTime;
        return SpansOf(local.Date)
            .Any(s =>
                s.From.NanosecondOfDay <= local.NanosecondOfDay && local.NanosecondOfDay < s.End
            );
    }

    /// <summary>When it opens next, strictly after <paramref name="at"/>; null when it does not within 400 days.</summary>
    public Instant? NextOpening(Instant at)
    {
        var day = at.InZone(Zone).Date;
        for (var ahead = 0; ahead <= MostDaysAhead; ahead++, day = day.PlusDays(1))
        {
            var opens = Starts(day).Where(o => o > at && Opens(o)).ToList();
            if (opens.Count > 0)
            {
                return opens.Min();
            }
        }
        return null;
    }

    /// <summary>When it closes next, strictly after <paramref name="at"/>; null when it does not within 400 days.</summary>
    public Instant? NextClosing(Instant at)
    {
        // The day before may end at a midnight that lies ahead.
        var day = at.InZone(Zone).Date.PlusDays(-1);
        for (var ahead = 0; ahead <= MostDaysAhead; ahead++, day = day.PlusDays(1))
        {
            var closes = Ends(day).Where(c => c > at && Closes(c)).ToList();
            if (closes.Count > 0)
            {
                return closes.Min();
            }
        }
        return null;
    }

    /// <summary>
    /// Since when it has been closed, the name of a closed period: one auto-response belongs to each. Null while it is
    /// open; the beginning of time when it never was open within 400 days.
    /// </summary>
    public Instant? ClosedSince(Instant at)
    {
        if (IsOpen(at))
        {
            return null;
        }
        var day = at.InZone(Zone).Date;
        for (var back = 0; back <= MostDaysAhead; back++, day = day.PlusDays(-1))
        {
            var ended = Ends(day).Where(c => c <= at && Closes(c)).ToList();
            if (ended.Count > 0)
            {
                return ended.Max();
            }
        }
        return Instant.MinValue;
    }

    /// <summary>The closure of that day; null when it is a day like its weekday.</summary>
    public ClosedDays? ClosureOn(LocalDate day) => closed.FirstOrDefault(c => c.Contains(day));

    /// <summary>When it is open on that day, in order; empty: it is closed.</summary>
    public IEnumerable<OpenSpan> SpansOf(LocalDate day) =>
        closed.Any(c => c.Contains(day)) || !weekdays.TryGetValue(day.DayOfWeek, out var spans)
            ? []
            : spans;

    private IEnumerable<Instant> Starts(LocalDate day) =>
        SpansOf(day).SelectMany(span => WhenItIs(day.At(span.From)));

    private IEnumerable<Instant> Ends(LocalDate day) =>
        SpansOf(day)
            .SelectMany(span =>
                WhenItIs(
                    span.To == LocalTime.Midnight ? day.PlusDays(1).AtMidnight() : day.At(span.To)
                )
            );

    /// <summary>Two spans that touch are one: between them it neither closes nor opens.</summary>
    private bool Opens(Instant at) => IsOpen(at) && !IsOpen(at - Duration.Epsilon);

    private bool Closes(Instant at) => !IsOpen(at) && IsOpen(at - Duration.Epsilon);

    /// <summary>Once, twice when the clock goes back over it, and where the clock jumps over it the moment of the jump.</summary>
    private IEnumerable<Instant> WhenItIs(LocalDateTime local)
    {
        var found = Zone.MapLocal(local);
        return found.Count switch
        {
            0 => [found.LateInterval.Start],
            1 => [found.Single().ToInstant()],
            _ => [found.First().ToInstant(), found.Last().ToInstant()],
        };
    }
}
