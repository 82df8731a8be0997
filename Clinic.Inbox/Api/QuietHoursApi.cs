using System.Security.Claims;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace Clinic.Inbox.Api;

/// <summary>The daily window in which the system may text by itself.</summary>
internal static class QuietHoursApi
{
    public static void MapQuietHours(this IEndpointRouteBuilder api)
    {
        var quiet = api.MapGroup("/settings/quiet-hours").WithTags("Settings");
        quiet.MapGet("", ReadAsync).RequireAuthorization(ApiPolicies.Read);
        quiet.MapPut("", ReplaceAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Reads the daily window in which reminders may leave</summary>
    internal static async Task<Ok<ApiQuietHours>> ReadAsync(
        HoursBook book,
        CancellationToken cancellation
    )
    {
        var quiet = await book.QuietAsync(cancellation);
        return TypedResults.Ok(
            new ApiQuietHours(WallClock.Write(quiet.From), WallClock.Write(quiet.To))
        );
    }

    /// <summary>Changes the daily window in which reminders may leave: 422 <c>badQuietHours</c></summary>
    internal static async Task<Results<Ok<ApiQuietHours>, ApiProblem>> ReplaceAsync(
        QuietHoursInput body,
        ClaimsPrincipal user,
        HoursBook book,
        CancellationToken cancellation
    )
    {
        var wrong = new List<(string Field, string Problem)>();
        if (!WallClock.TryRead(body.From, out LocalTime from))
        {
            wrong.Add(("from", "Write the time as 08:00."));
        }
        if (!WallClock.TryRead(body.To, out LocalTime to) || body.To == "24:00")
        {
            wrong.Add(("to", "Write the time as 21:00."));
        }
        if (
            wrong.Count == 0
            && await book.SaveQuietAsync(new QuietHours(from, to), user.Actor(), cancellation)
                is { } problem
        )
        {
            wrong.Add(("to", problem));
        }
        return wrong.Count > 0
            ? HoursApi.Refusal("badQuietHours", "The window can't be kept as it is.", wrong)
            : await ReadAsync(book, cancellation);
    }
}

/// <summary>The daily window in which the system may text by itself, by the clinic's wall clock.</summary>
/// <param name="From">First minute that is allowed, <c>08:00</c>.</param>
/// <param name="To">First minute that is not, <c>21:00</c>.</param>
internal sealed record ApiQuietHours(string From, string To);

/// <inheritdoc cref="ApiQuietHours"/>
internal sealed record QuietHoursInput(string? From, string? To);
