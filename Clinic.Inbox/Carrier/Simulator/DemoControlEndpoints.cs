using System.Xml;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Faults and the clock by HTTP.</summary>
internal static class DemoControlEndpoints
{
    public static void MapDemoControls(this IEndpointRouteBuilder simulator)
    {
        simulator.MapGet("/faults", (Faults faults) => Results.Json(List(faults)));
        simulator.MapPost("/faults", AddFaultAsync);
        simulator.MapDelete(
            "/faults",
            (Faults faults) =>
            {
                faults.Clear();
                return Results.Json(List(faults));
            }
        );
        simulator.MapPost("/silence", BeginSilenceAsync);
        simulator.MapGet("/clock", (DemoClock clock) => Results.Json(Now(clock)));
        simulator.MapPost("/clock", AdvanceAsync);
    }

    private static async Task<IResult> AddFaultAsync(HttpContext context, Faults faults)
    {
        var (json, problem) = await SimulatorJson.ReadAsync(context);
        if (problem is not null)
        {
            return SimulatorJson.BadRequest(problem);
        }
        var fault = new CarrierFault(
            SimulatorJson.Number(json, "status", ref problem),
            SimulatorJson.Number(json, "retryAfter", ref problem),
            SimulatorJson.Flag(json, "dropAfterAccept", ref problem),
            SimulatorJson.Number(json, "delayMs", ref problem) ?? 0,
            SimulatorJson.Text(json, "errorCode", ref problem),
            SimulatorJson.Number(json, "count", ref problem) ?? 1,
            SimulatorJson.Text(json, "api", ref problem) ?? CarrierFault.MessagesApi,
            SimulatorJson.Text(json, "receipts", ref problem)
        );
        problem ??= fault.Refusal();
        if (problem is null && !faults.TryAdd(fault))
        {
            problem = $"{Faults.Most} faults wait already; DELETE /simulator/faults clears them.";
        }
        return problem is null ? Results.Json(List(faults)) : SimulatorJson.BadRequest(problem);
    }

    private static async Task<IResult> BeginSilenceAsync(HttpContext context, Silence silence)
    {
        var (json, problem) = await SimulatorJson.ReadAsync(context);
        if (problem is not null)
        {
            return SimulatorJson.BadRequest(problem);
        }
        var text = SimulatorJson.Text(json, "for", ref problem);
        if (
            problem is not null
            || !TryReadDuration(text, out var length)
            || length < TimeSpan.Zero
            || length > Silence.Longest
        )
        {
            return SimulatorJson.BadRequest(
                "for is an ISO 8601 duration of three days at most, for example \"PT24H\"."
            );
        }
        silence.Begin(length);
        return Results.Json(new { @for = text });
    }

    private static async Task<IResult> AdvanceAsync(HttpContext context, DemoClock clock)
    {
        var (json, problem) = await SimulatorJson.ReadAsync(context);
        if (problem is not null)
        {
            return SimulatorJson.BadRequest(problem);
        }
        if (SimulatorJson.Text(json, "set", ref problem) is { } setBy)
        {
            return Set(clock, setBy);
        }
        var text = SimulatorJson.Text(json, "advance", ref problem);
        var by = TimeSpan.Zero;
        if (problem is null && !TryReadDuration(text, out by))
        {
            problem =
                "advance is an ISO 8601 duration of days, hours, minutes and seconds, for example \"PT24H\".";
        }
        else if (problem is null && !clock.TryAdvance(by))
        {
            problem = "The clock runs forward only, and at most ten years in all.";
        }
        return problem is null ? Results.Json(Now(clock)) : SimulatorJson.BadRequest(problem);
    }

    private static IResult Set(DemoClock clock, string text)
    {
        if (!TryReadDuration(text, out var by) || by.Duration() > DemoClock.MostSet)
        {
            return SimulatorJson.BadRequest(
                "set is an ISO 8601 duration of a day at most, for example \"-PT1H\"."
            );
        }
        clock.Set(by);
        return Results.Json(Now(clock));
    }

    private static bool TryReadDuration(string? text, out TimeSpan duration)
    {
        duration = default;
        // A month and a year have no fixed length.
        if (text is null or { Length: > 40 } || text.Split('T')[0].AsSpan().ContainsAny('Y', 'M'))
        {
            return false;
        }
        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static object Now(DemoClock clock) => new { now = clock.GetUtcNow() };

    private static object List(Faults faults) =>
        new
        {
            items = faults.Waiting.Select(f => new
            {
                status = f.Status,
                retryAfter = f.RetryAfter,
                dropAfterAccept = f.DropAfterAccept,
                delayMs = f.DelayMs,
                errorCode = f.ErrorCode,
                receipts = f.Receipts,
                count = f.Count,
                api = f.Api,
            }),
        };
}
