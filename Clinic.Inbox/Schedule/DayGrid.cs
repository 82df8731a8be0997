using System.Globalization;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit's place in its column.</summary>
/// <param name="At">Minutes from the grid's start.</param>
/// <param name="Length">Minutes.</param>
/// <param name="Lane">Which of the <paramref name="Lanes"/> side by side: visits of one person may overlap.</param>
public sealed record PlacedVisit(Visit Visit, int At, int Length, int Lane, int Lanes);

/// <summary>One person's day; the name is empty for visits that nobody was given.</summary>
public sealed record DayColumn(string Staff, IReadOnlyList<PlacedVisit> Visits);

/// <summary>An hour's line on the grid.</summary>
/// <param name="At">Minutes from the grid's start.</param>
/// <param name="Label">What the clinic's clocks show, "9 AM"; an hour that comes twice is written twice.</param>
public sealed record DayHour(int At, string Label);

/// <summary>
/// Where a day's visits stand: a column for each person, minutes that really pass from top to bottom, so that a day on
/// which the clocks change is drawn as long as it is.
/// </summary>
public sealed class DayGrid
{
    private static readonly LocalTime UsualStart = new(8, 0);
    private static readonly LocalTime UsualEnd = new(18, 0);
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private readonly DateTimeOffset _start;

    private DayGrid(DateTimeOffset start, DateTimeOffset end, ClinicDay day)
    {
        _start = start;
        Minutes = (int)(end - start).TotalMinutes;
        Hours =
        [
            .. Enumerable
                .Range(0, Minutes / 60)
                .Select(hour => new DayHour(hour * 60, Label(day.Local(start.AddHours(hour))))),
        ];
    }

    /// <summary>Height of the grid, in minutes.</summary>
    public int Minutes { get; }
    public IReadOnlyList<DayHour> Hours { get; }
    public IReadOnlyList<DayColumn> Columns { get; private init; } = [];

    /// <summary>From 8 to 6 by the clinic's clocks, and further when a visit lies outside; within the day.</summary>
    /// <param name="staff">Who has a column even without a visit; null: nobody.</param>
    public static DayGrid Of(
        ClinicDay day,
        IReadOnlyList<Visit> visits,
        IReadOnlyList<string>? staff = null
    )
    {
        var start = visits.Select(v => v.StartsAt).Append(At(day, UsualStart)).Min();
        var end = visits.Select(v => v.EndsAt).Append(At(day, UsualEnd)).Max();
        start = WholeHour(day, start > day.Start ? start : day.Start);
        end = end < day.End ? end : day.End;
        // Up to the next whole hour.
        var hours = (int)Math.Ceiling((end - start).TotalHours);
        var byStaff = visits.ToLookup(v => v.Staff, StringComparer.Ordinal);
        return new DayGrid(start, start.AddHours(hours), day)
        {
            Columns =
            [
                .. byStaff
                    .Select(g => g.Key)
                    .Union(staff ?? [], StringComparer.Ordinal)
                    // Who is nobody comes last.
                    .OrderBy(name => name.Length == 0)
                    .ThenBy(name => name, StringComparer.Ordinal)
                    .Select(name => new DayColumn(name, Place(byStaff[name], start, end))),
            ],
        };
    }

    /// <summary>The instant that many minutes below the top.</summary>
    public DateTimeOffset TimeAt(int minute) => _start.AddMinutes(minute);

    /// <summary>Minutes from the top; null when that instant is not on the grid.</summary>
    public int? MinuteOf(DateTimeOffset at) =>
        at >= _start && at < _start.AddMinutes(Minutes) ? (int)(at - _start).TotalMinutes : null;

    private static List<PlacedVisit> Place(
        IEnumerable<Visit> visits,
        DateTimeOffset start,
        DateTimeOffset end
    )
    {
        var placed = new List<PlacedVisit>();
        var together = new List<(Visit Visit, int Lane)>();
        var lanes = new List<DateTimeOffset>();
        void Settle()
        {
            foreach (var (visit, lane) in together)
            {
                var from = visit.StartsAt > start ? visit.StartsAt : start;
                var to = visit.EndsAt < end ? visit.EndsAt : end;
                placed.Add(
                    new PlacedVisit(
                        visit,
                        (int)(from - start).TotalMinutes,
                        (int)(to - from).TotalMinutes,
                        lane,
                        lanes.Count
                    )
                );
            }
            together.Clear();
            lanes.Clear();
        }
        foreach (var visit in visits.OrderBy(v => v.StartsAt).ThenByDescending(v => v.EndsAt))
        {
            if (lanes.TrueForAll(until => until <= visit.StartsAt))
            {
                Settle();
            }
            var free = lanes.FindIndex(until => until <= visit.StartsAt);
            if (free < 0)
            {
                free = lanes.Count;
                lanes.Add(visit.EndsAt);
            }
            lanes[free] = visit.EndsAt;
            together.Add((visit, free));
        }
        Settle();
        return placed;
    }

    private static DateTimeOffset At(ClinicDay day, LocalTime time) =>
        day.Zone.AtLeniently(day.Date.At(time)).ToDateTimeOffset();

    private static DateTimeOffset WholeHour(ClinicDay day, DateTimeOffset at)
    {
        var local = day.Local(at);
        var past = TimeSpan.FromTicks(local.TickOfDay % NodaConstants.TicksPerHour);
        return at - past > day.Start ? at - past : day.Start;
    }

    private static string Label(LocalDateTime local) =>
        local.ToString(local.Minute == 0 ? "h tt" : "h:mm tt", English);
}
