using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Schedule;

/// <summary>From when until when, as an input of the page has it: <c>08:00</c>.</summary>
public sealed record SpanText(string From, string To)
{
    internal static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture(
        "HH':'mm"
    );

    /// <summary>What an input of times hands over: hours and minutes, sometimes with seconds.</summary>
    internal static string Typed(object? value) =>
        value is string { Length: >= 5 } text ? text[..5] : "";

    internal static SpanText Of(OpenSpan span) =>
        new(Pattern.Format(span.From), Pattern.Format(span.To));
}

/// <summary>A weekday and its spans; none: closed.</summary>
public sealed record DayText(IsoDayOfWeek Day, SpanText[] Spans);

/// <summary>A closure as the page lists it.</summary>
public sealed record ClosureRow(string Id, DateOnly From, DateOnly To, string Name)
{
    public static ClosureRow Of(Closure closure) =>
        new(closure.Id.ToString(), closure.From, closure.To, closure.Name);
}

/// <summary>All that the hours page shows, in plain values, so that the prerendered page can hand it to the live one.</summary>
/// <param name="Sign">See <see cref="OpenSign"/>.</param>
/// <param name="Region">The clinic's country, ISO 3166.</param>
/// <param name="Today">The day it is at the clinic.</param>
public sealed record HoursView(
    bool Open,
    string Sign,
    string TimeZone,
    string Region,
    DateOnly Today,
    DayText[] Week,
    ClosureRow[] Closures,
    SpanText Quiet
)
{
    public static DayText[] WeekOf(WeeklyHours week) =>
        [
            .. Enumerable
                .Range(1, 7)
                .Select(day => new DayText(
                    (IsoDayOfWeek)day,
                    [.. week.Days.GetValueOrDefault((IsoDayOfWeek)day, []).Select(SpanText.Of)]
                )),
        ];
}
