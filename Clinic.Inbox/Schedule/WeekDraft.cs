using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>The week while somebody changes it.</summary>
internal sealed class WeekDraft
{
    private WeekDraft(IReadOnlyList<DayDraft> days) => Days = days;

    /// <summary>Monday to Sunday.</summary>
    public IReadOnlyList<DayDraft> Days { get; }

    public static WeekDraft Of(IEnumerable<DayText> week) =>
        new([.. week.Select(day => new DayDraft(day))]);

    public void CopyMondayToWeekdays()
    {
        foreach (var day in Days.Skip(1).Take(4))
        {
            day.TakeFrom(Days[0]);
        }
    }

    /// <summary>The week as it can be kept; null when something is wrong, which then stands at its place.</summary>
    public WeeklyHours? Read()
    {
        foreach (var day in Days)
        {
            day.Problem = null;
            day.Spans.ForEach(span => span.Wrong = false);
        }
        var read = Days.ToDictionary(day => day.Day, day => day.Read());
        if (Days.Any(day => day.Problem is not null))
        {
            return null;
        }
        var week = new WeeklyHours(
            read.Where(day => day.Value.Count > 0)
                .ToDictionary(day => day.Key, IReadOnlyList<OpenSpan> (day) => day.Value)
        );
        foreach (var (weekday, span, text) in week.Problems())
        {
            var day = Days.Single(d => d.Day == weekday);
            day.Problem ??= char.ToUpperInvariant(text[0]) + text[1..];
            day.Spans[Math.Min(span, day.Spans.Count - 1)].Wrong = true;
        }
        return Days.Any(day => day.Problem is not null) ? null : week;
    }
}

/// <summary>One day of it.</summary>
internal sealed class DayDraft(DayText text)
{
    private static readonly SpanText Usual = new("08:00", "18:00");

    public IsoDayOfWeek Day { get; } = text.Day;
    public List<SpanDraft> Spans { get; } = [.. text.Spans.Select(span => new SpanDraft(span))];
    public string? Problem { get; set; }
    public bool IsOpen => Spans.Count > 0;
    public bool IsFull => Spans.Count >= WeeklyHours.MostSpans;

    public void Open(bool open)
    {
        Problem = null;
        Spans.Clear();
        if (open)
        {
            Spans.Add(new SpanDraft(Usual));
        }
    }

    /// <summary>Hours after a break: from an hour after the last closing on.</summary>
    public void AddSpan()
    {
        var last = SpanText.Pattern.Parse(Spans[^1].To) is { Success: true } typed
            ? typed.Value
            : LocalTime.Midnight;
        var from = last.PlusHours(1);
        var to = from.PlusHours(4);
        Spans.Add(
            last > LocalTime.Midnight && from > last && to > from
                ? new SpanDraft(SpanText.Of(new OpenSpan(from, to)))
                : new SpanDraft(new SpanText("", ""))
        );
    }

    public void TakeFrom(DayDraft other)
    {
        Problem = null;
        Spans.Clear();
        Spans.AddRange(other.Spans.Select(s => new SpanDraft(new SpanText(s.From, s.To))));
    }

    public List<OpenSpan> Read()
    {
        var read = new List<OpenSpan>();
        foreach (var span in Spans)
        {
            if (
                SpanText.Pattern.Parse(span.From).TryGetValue(default, out var from)
                & SpanText.Pattern.Parse(span.To).TryGetValue(default, out var to)
            )
            {
                read.Add(new OpenSpan(from, to));
            }
            else
            {
                span.Wrong = true;
                Problem = "Enter both times.";
            }
        }
        return read;
    }
}

/// <summary>From when until when, as typed.</summary>
internal sealed class SpanDraft(SpanText text)
{
    public string From { get; set; } = text.From;
    public string To { get; set; } = text.To;
    public bool Wrong { get; set; }
}
