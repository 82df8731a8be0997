using System.Security.Claims;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace Clinic.Inbox.Api;

/// <summary>When the clinic is open.</summary>
internal static class HoursApi
{
    private const int MostClosures = 500;

    public static void MapHours(this IEndpointRouteBuilder api)
    {
        var hours = api.MapGroup("/settings/hours").WithTags("Settings");
        hours.MapGet("", ReadAsync).RequireAuthorization(ApiPolicies.Read);
        hours.MapPut("", ReplaceAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Reads the week, the closures, and whether the clinic is open now</summary>
    internal static async Task<Ok<ApiHours>> ReadAsync(
        HoursBook book,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var hours = await book.HoursAsync(cancellation);
        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var week = await book.WeekAsync(cancellation);
        var closures = await book.ClosuresAsync(cancellation);
        return TypedResults.Ok(
            new ApiHours(
                hours.Zone.Id,
                ApiWeek.Of(week),
                [.. closures.Select(ApiClosure.Of)],
                hours.IsOpen(now),
                hours.NextOpening(now)?.InZone(hours.Zone).ToDateTimeOffset()
            )
        );
    }

    /// <summary>Replaces the week, and all closures when they are given: 422 <c>badHours</c>, <c>badClosures</c></summary>
    internal static async Task<Results<Ok<ApiHours>, ApiProblem>> ReplaceAsync(
        HoursInput body,
        ClaimsPrincipal user,
        HoursBook book,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (body.Days is null)
        {
            return ApiProblem.Invalid("days", "Name the days of the week with their hours.");
        }
        var (week, wrong) = body.Days.Read();
        if (wrong.Count > 0)
        {
            return Refusal("badHours", "The hours can't be kept as they are.", wrong);
        }
        var (closures, odd) = ReadClosures(body.Closures);
        if (odd.Count > 0)
        {
            return Refusal("badClosures", "The closures can't be kept as they are.", odd);
        }
        await book.ReplaceAsync(week, closures, user.Actor(), cancellation);
        return await ReadAsync(book, clock, cancellation);
    }

    internal static ApiProblem Refusal(
        string code,
        string detail,
        IEnumerable<(string Field, string Problem)> problems
    ) =>
        ApiProblem.Unprocessable(code, detail) with
        {
            Errors = ApiProblem.Invalid(problems).Errors,
        };

    private static (
        IReadOnlyList<(DateOnly, DateOnly, string)>? Closures,
        IReadOnlyList<(string Field, string Problem)> Problems
    ) ReadClosures(IReadOnlyList<ClosureInput>? given)
    {
        if (given is null)
        {
            return (null, []);
        }
        if (given.Count > MostClosures)
        {
            return (null, [("closures", $"At most {MostClosures} closures.")]);
        }
        var read = new List<(DateOnly, DateOnly, string)>();
        var problems = new List<(string, string)>();
        foreach (var (at, closure) in given.Index())
        {
            var field = $"closures[{at}]";
            if (
                !WallClock.TryRead(closure?.From, out DateOnly from)
                || !WallClock.TryRead(closure?.To ?? closure?.From, out DateOnly to)
            )
            {
                problems.Add((field, "Write the days as 2026-11-26."));
            }
            else if (Closure.Problem(from, to, closure!.Name ?? "") is var (part, problem))
            {
                problems.Add(($"{field}.{part}", problem));
            }
            else
            {
                read.Add((from, to, closure.Name!.Trim()));
            }
        }
        return (read, problems);
    }
}

/// <summary>When the clinic is open.</summary>
/// <param name="TimeZone">IANA id; all times of the week are read in it.</param>
/// <param name="OpensNext">When it opens next after now, with the clinic's offset; null when it does not within 400 days.</param>
internal sealed record ApiHours(
    string TimeZone,
    ApiWeek Days,
    IReadOnlyList<ApiClosure> Closures,
    bool OpenNow,
    DateTimeOffset? OpensNext
);

/// <summary>From when until when on one day, 24-hour clock; <c>to</c> 00:00 is the midnight at its end.</summary>
internal sealed record ApiSpan(string? From, string? To);

/// <summary>Spans of each weekday in order; an empty day is closed.</summary>
internal sealed record ApiWeek(
    IReadOnlyList<ApiSpan>? Monday = null,
    IReadOnlyList<ApiSpan>? Tuesday = null,
    IReadOnlyList<ApiSpan>? Wednesday = null,
    IReadOnlyList<ApiSpan>? Thursday = null,
    IReadOnlyList<ApiSpan>? Friday = null,
    IReadOnlyList<ApiSpan>? Saturday = null,
    IReadOnlyList<ApiSpan>? Sunday = null
)
{
    public static ApiWeek Of(WeeklyHours week)
    {
        return new ApiWeek(
            Day(IsoDayOfWeek.Monday),
            Day(IsoDayOfWeek.Tuesday),
            Day(IsoDayOfWeek.Wednesday),
            Day(IsoDayOfWeek.Thursday),
            Day(IsoDayOfWeek.Friday),
            Day(IsoDayOfWeek.Saturday),
            Day(IsoDayOfWeek.Sunday)
        );

        IReadOnlyList<ApiSpan> Day(IsoDayOfWeek day) =>
            [
                .. week
                    .Days.GetValueOrDefault(day, [])
                    .Select(s => new ApiSpan(WallClock.Write(s.From), WallClock.Write(s.To))),
            ];
    }

    /// <summary>The week, and what is wrong with it by field: <c>days.monday[1].to</c>.</summary>
    public (WeeklyHours Week, IReadOnlyList<(string Field, string Problem)> Problems) Read()
    {
        (IsoDayOfWeek Day, IReadOnlyList<ApiSpan>? Spans)[] days =
        [
            (IsoDayOfWeek.Monday, Monday),
            (IsoDayOfWeek.Tuesday, Tuesday),
            (IsoDayOfWeek.Wednesday, Wednesday),
            (IsoDayOfWeek.Thursday, Thursday),
            (IsoDayOfWeek.Friday, Friday),
            (IsoDayOfWeek.Saturday, Saturday),
            (IsoDayOfWeek.Sunday, Sunday),
        ];
        var problems = new List<(string, string)>();
        var week = new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>();
        foreach (var (day, spans) in days.Where(d => d.Spans is { Count: > 0 }))
        {
            var read = new List<OpenSpan>();
            foreach (var (at, span) in spans!.Index())
            {
                if (!WallClock.TryRead(span?.From, out LocalTime from))
                {
                    problems.Add(($"{Field(day, at)}.from", "Write the time as 08:00."));
                }
                if (!WallClock.TryRead(span?.To, out LocalTime to))
                {
                    problems.Add(($"{Field(day, at)}.to", "Write the time as 18:00."));
                }
                read.Add(new OpenSpan(from, to));
            }
            week[day] = read;
        }
        var hours = new WeeklyHours(week);
        if (problems.Count == 0)
        {
            problems.AddRange(
                hours.Problems().Select(p => (Field(p.Day, p.Span), Sentence(p.Text)))
            );
        }
        return (hours, problems);

#pragma warning disable CA1308 // A field's name, not a comparison.
        static string Field(IsoDayOfWeek day, int span) =>
            $"days.{day.ToString().ToLowerInvariant()}[{span}]";
#pragma warning restore CA1308
        static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
    }
}

/// <summary>Days on which the clinic is closed.</summary>
/// <param name="To">The last day, inclusive.</param>
internal sealed record ApiClosure(string Id, string From, string To, string Name)
{
    public static ApiClosure Of(Closure closure) =>
        new(
            closure.Id.ToString(),
            WallClock.Write(closure.From),
            WallClock.Write(closure.To),
            closure.Name
        );
}

/// <summary>The week that shall hold.</summary>
/// <param name="Closures">All that shall be there; null leaves them as they are.</param>
internal sealed record HoursInput(ApiWeek? Days, IReadOnlyList<ClosureInput>? Closures = null);

/// <summary>Days on which the clinic is closed.</summary>
/// <param name="To">The last day, inclusive; the first when not given.</param>
internal sealed record ClosureInput(string? From, string? To, string? Name, string? Id = null);
