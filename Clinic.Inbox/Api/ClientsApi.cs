using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>Clients and what was said to them.</summary>
internal static class ClientsApi
{
    public static void MapClients(this IEndpointRouteBuilder api)
    {
        var clients = api.MapGroup("/clients").WithTags("Clients");
        clients.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        clients.MapPost("", CreateAsync).RequireAuthorization(ApiPolicies.Write);
        clients.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        clients.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        clients
            .MapGet("/external/{externalId}", FindExternalAsync)
            .RequireAuthorization(ApiPolicies.Read);
        clients
            .MapPut("/external/{externalId}", UpsertAsync)
            .RequireAuthorization(ApiPolicies.Write);
        clients
            .MapGet("/{id}/communications", CommunicationsAsync)
            .RequireAuthorization(ApiPolicies.Read);
    }

    /// <summary>Lists clients by last and first name</summary>
    /// <param name="q">Words of the name, the email or a patient's name, or part of a number.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiClient>>, ApiProblem>> ListAsync(
        string? q,
        int? limit,
        string? after,
        ClaimsPrincipal user,
        ClientBook clients,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByName<Client>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        await reads.NoteAsync(user.Actor(), "client.listed", "clients", cancellation);
        var found = await clients.SearchAsync(
            q,
            page.After is { } place ? new ClientCursor(place.Last, place.First, place.Id) : null,
            page.Size,
            cancellation
        );
        return TypedResults.Ok(
            new ApiList<ApiClient>(
                [.. found.Clients.Select(ApiClient.Of)],
                found.Next is { } next
                    ? ApiCursor.Of(next.LastName, next.FirstName, next.Id.ToString())
                    : null
            )
        );
    }

    /// <summary>Adds a client. 409 with code clientExists when the same name with one of the numbers is there</summary>
    internal static async Task<Results<Created<ApiClient>, Ok<ApiClient>, ApiProblem>> CreateAsync(
        ClientInput body,
        ClaimsPrincipal user,
        ClientBook clients,
        CancellationToken cancellation
    ) => Answer(await clients.CreateAsync(body.ToDraft(), user.Actor(), cancellation));

    /// <summary>Finds one client</summary>
    internal static async Task<Results<Ok<ApiClient>, ApiProblem>> FindAsync(
        string id,
        ClaimsPrincipal user,
        ClientBook clients,
        ReadLog reads,
        CancellationToken cancellation
    ) =>
        await ReadAsync(
            await clients.FindAsync(ApiId.Of<Client>(id), cancellation),
            user,
            reads,
            cancellation
        );

    /// <summary>Finds one client by the practice system's id</summary>
    internal static async Task<Results<Ok<ApiClient>, ApiProblem>> FindExternalAsync(
        string externalId,
        ClaimsPrincipal user,
        ClientBook clients,
        ReadLog reads,
        CancellationToken cancellation
    ) =>
        await ReadAsync(
            await clients.FindByExternalIdAsync(externalId, cancellation),
            user,
            reads,
            cancellation
        );

    private static async Task<Results<Ok<ApiClient>, ApiProblem>> ReadAsync(
        Client? client,
        ClaimsPrincipal user,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        if (client is null)
        {
            return ApiProblem.NotFound("client");
        }
        await reads.NoteAsync(user.Actor(), "client.read", client.Id.ToString(), cancellation);
        return TypedResults.Ok(ApiClient.Of(client));
    }

    /// <summary>Changes what is given and leaves the rest</summary>
    internal static async Task<Results<Created<ApiClient>, Ok<ApiClient>, ApiProblem>> UpdateAsync(
        string id,
        ClientInput body,
        ClaimsPrincipal user,
        ClientBook clients,
        CancellationToken cancellation
    ) =>
        Answer(
            await clients.UpdateAsync(
                ApiId.Of<Client>(id),
                body.ToDraft(),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Makes the practice system's client what it says: 201 when new, else 200</summary>
    internal static async Task<Results<Created<ApiClient>, Ok<ApiClient>, ApiProblem>> UpsertAsync(
        string externalId,
        ClientInput body,
        ClaimsPrincipal user,
        ClientBook clients,
        CancellationToken cancellation
    ) =>
        Answer(
            await clients.UpsertExternalAsync(
                externalId,
                body.ToDraft(),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Lists a client's closed conversations, newest first</summary>
    /// <param name="id">The client.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<
        Results<Ok<ApiList<ApiConversation>>, ApiProblem>
    > CommunicationsAsync(
        string id,
        int? limit,
        string? after,
        ClaimsPrincipal user,
        ClientBook clients,
        InboxQueries inbox,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByTime<Conversation>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        if (await clients.FindAsync(ApiId.Of<Client>(id), cancellation) is not { } client)
        {
            return ApiProblem.NotFound("client");
        }
        await reads.NoteAsync(user.Actor(), "client.read", client.Id.ToString(), cancellation);
        var closed = await inbox.ListAsync(
            new InboxFilter(ConversationState.Closed, ClientId: client.Id),
            page.After is { } place ? new InboxCursor(place.At, place.Id) : null,
            page.Size + 1,
            cancellation
        );
        return TypedResults.Ok(ConversationsApi.Page(closed, page.Size));
    }

    private static Results<Created<ApiClient>, Ok<ApiClient>, ApiProblem> Answer(
        ClientResult result
    ) =>
        result switch
        {
            ClientResult.Saved { Created: true } saved => TypedResults.Created(
                $"{ApiSetup.Root}/clients/{saved.Client.Id}",
                ApiClient.Of(saved.Client)
            ),
            ClientResult.Saved saved => TypedResults.Ok(ApiClient.Of(saved.Client)),
            ClientResult.Invalid invalid => ApiProblem.Invalid(invalid.Problems),
            ClientResult.Conflict conflict => ApiProblem.Conflict("clientExists", conflict.Problem),
            _ => ApiProblem.NotFound("client"),
        };
}
