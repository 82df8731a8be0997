using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>What the system texts by itself.</summary>
internal static class RemindersApi
{
    public static void MapReminders(this IEndpointRouteBuilder api)
    {
        api.MapGet("/clients/{id}/reminders", ListAsync)
            .WithTags("Reminders")
            .RequireAuthorization(ApiPolicies.Read);
        api.MapPost("/reminders/{id}/resend", ResendAsync)
            .WithTags("Reminders")
            .RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists a client's reminders, planned and past, the latest first</summary>
    /// <param name="id">The client.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiReminder>>, ApiProblem>> ListAsync(
        string id,
        int? limit,
        string? after,
        ClaimsPrincipal user,
        ClientBook clients,
        ReminderQueries reminders,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByTime<PlannedReminder>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        var clientId = ApiId.Of<Client>(id);
        if (await clients.FindAsync(clientId, cancellation) is null)
        {
            return ApiProblem.NotFound("client");
        }
        await reads.NoteAsync(user.Actor(), "client.read", clientId.ToString(), cancellation);
        var found = await reminders.OfClientAsync(
            clientId,
            page.After is { } place ? new ReminderCursor(place.At, place.Id) : null,
            page.Size,
            cancellation
        );
        return TypedResults.Ok(
            new ApiList<ApiReminder>(
                [.. found.Rows.Select(ApiReminder.Of)],
                found.Next is { } next ? ApiCursor.Of(next.DueAt, next.Id) : null
            )
        );
    }

    /// <summary>Sends a reminder again at once, outside quiet hours; a missed or skipped one is itself sent late</summary>
    /// <remarks>The answer is the reminder that goes out. 422 notNow: it is planned, on its way, or about something that is over.</remarks>
    internal static async Task<Results<Accepted<ApiReminder>, ApiProblem>> ResendAsync(
        string id,
        ClaimsPrincipal user,
        ReminderDesk desk,
        ReminderQueries reminders,
        CancellationToken cancellation
    )
    {
        var result = await desk.ResendAsync(
            ApiId.Of<PlannedReminder>(id),
            user.Actor(),
            cancellation
        );
        return result switch
        {
            ReminderResult.Done done
                when await reminders.FindAsync(done.Reminder.Id, cancellation) is { } row =>
                TypedResults.Accepted((string?)null, ApiReminder.Of(row)),
            ReminderResult.Refused refused => ApiProblem.Unprocessable(
                refused.Code,
                refused.Reason
            ),
            _ => ApiProblem.NotFound("reminder"),
        };
    }
}

/// <summary>A text that the system sends by itself, from the moment it is foreseen.</summary>
/// <param name="State">
/// planned, held, sent (its text is in the outbox or further, see <paramref name="MessageState"/>), cancelled, missed or
/// skipped.
/// </param>
/// <param name="Reason">Why it was held, missed, skipped or cancelled, or why its text failed, in plain words; else empty.</param>
/// <param name="SentAt">When its text left; null: it did not.</param>
/// <param name="MessageId">Its text; null: there is none yet, it left by email, or it was deleted with its conversation.</param>
/// <param name="Text">What its text says.</param>
internal sealed record ApiReminder(
    string Id,
    ReminderKind Kind,
    string ClientId,
    string? PatientId,
    ReminderState State,
    string Reason,
    DateTimeOffset DueAt,
    DateTimeOffset? SentAt,
    string? MessageId,
    MessageState? MessageState,
    string? Text
)
{
    public static ApiReminder Of(ReminderRow row) =>
        new(
            row.Id.ToString(),
            row.Kind,
            row.ClientId.ToString(),
            row.Reminder.PatientId?.ToString(),
            row.Standing == ReminderStanding.Missed ? ReminderState.Missed : row.Reminder.State,
            row.Reason,
            row.DueAt,
            row.Message?.SentAt
                ?? (row.Standing == ReminderStanding.Emailed ? row.Reminder.SettledAt : null),
            row.Message?.Id.ToString(),
            row.Message?.State,
            row.Message?.FullText
        );
}
