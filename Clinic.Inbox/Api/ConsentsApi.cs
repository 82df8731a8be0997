using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>A client's consent book: entries are added, none is ever changed or removed.</summary>
internal static class ConsentsApi
{
    public static void MapConsents(this IEndpointRouteBuilder api)
    {
        var consents = api.MapGroup("/clients/{id}/consents").WithTags("Consents");
        consents.MapGet("", HistoryAsync).RequireAuthorization(ApiPolicies.Read);
        consents.MapPost("", RecordAsync).RequireAuthorization(ApiPolicies.Write);
        consents.MapDelete("", WithdrawAsync).RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists every entry, newest first</summary>
    internal static async Task<Results<Ok<ApiList<ApiConsent>>, ApiProblem>> HistoryAsync(
        string id,
        ClaimsPrincipal user,
        ClientBook clients,
        ConsentBook consents,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var clientId = ApiId.Of<Client>(id);
        if (await clients.FindAsync(clientId, cancellation) is null)
        {
            return ApiProblem.NotFound("client");
        }
        await reads.NoteAsync(user.Actor(), "client.read", clientId.ToString(), cancellation);
        var history = await consents.HistoryAsync(clientId, cancellation);
        return TypedResults.Ok(
            new ApiList<ApiConsent>([.. history.Select(ApiConsent.Of)], Next: null)
        );
    }

    /// <summary>Writes down that the client agreed</summary>
    /// <remarks>A consent lifts no opt-out: only the client does, by texting START.</remarks>
    internal static async Task<Results<Created<ApiConsent>, ApiProblem>> RecordAsync(
        string id,
        ConsentInput body,
        ClaimsPrincipal user,
        ConsentBook consents,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (body.Category is not { } category)
        {
            return ApiProblem.Invalid("category", "The category is transactional or marketing.");
        }
        if (body.Method is not { } method)
        {
            return ApiProblem.Invalid(
                "method",
                "The method is inPerson, phone, onlineForm or text."
            );
        }
        var actor = user.Actor();
        if (body.By?.Trim() is { Length: > 0 } by)
        {
            if (by.Length > 100 || by.Any(char.IsControl))
            {
                return ApiProblem.Invalid("by", "A name has at most 100 characters.");
            }
            actor = actor with { Name = by };
        }
        var result = await consents.RecordAsync(
            ApiId.Of<Client>(id),
            category,
            method,
            body.Terms ?? "",
            body.GrantedAt ?? clock.GetUtcNow(),
            actor,
            cancellation
        );
        return result switch
        {
            ConsentResult.Recorded recorded => TypedResults.Created(
                (string?)null,
                ApiConsent.Of(recorded.Record)
            ),
            ConsentResult.Invalid invalid => ApiProblem.Invalid(invalid.Field, invalid.Problem),
            _ => ApiProblem.NotFound("client"),
        };
    }

    /// <summary>Writes down that the client takes a consent back</summary>
    /// <param name="id">The client.</param>
    /// <param name="category">transactional or marketing; every consent that holds when not given.</param>
    internal static async Task<Results<NoContent, ApiProblem>> WithdrawAsync(
        string id,
        string? category,
        ClaimsPrincipal user,
        ConsentBook consents,
        CancellationToken cancellation
    )
    {
        ConsentCategory[] categories;
        switch (category)
        {
            case null or "":
                categories = Enum.GetValues<ConsentCategory>();
                break;
            case "transactional":
                categories = [ConsentCategory.Transactional];
                break;
            case "marketing":
                categories = [ConsentCategory.Marketing];
                break;
            default:
                return ApiProblem.Invalid(
                    "category",
                    "The category is transactional or marketing."
                );
        }
        foreach (var one in categories)
        {
            // Withdrawing what does not hold changes nothing and is no error.
            if (
                await consents.WithdrawAsync(ApiId.Of<Client>(id), one, user.Actor(), cancellation)
                is ConsentResult.NotFound
            )
            {
                return ApiProblem.NotFound("client");
            }
        }
        return TypedResults.NoContent();
    }
}
