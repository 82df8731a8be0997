using System.Security.Claims;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>Reading conversations, and what may be done to them.</summary>
internal static class ConversationsApi
{
    public static void MapConversations(this IEndpointRouteBuilder api)
    {
        var conversations = api.MapGroup("/conversations").WithTags("Conversations");
        conversations.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        conversations.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        conversations.MapPost("/{id}/read", ReadAsync).RequireAuthorization(ApiPolicies.Write);
        conversations.MapPost("/{id}/unread", UnreadAsync).RequireAuthorization(ApiPolicies.Write);
        conversations.MapPost("/{id}/close", CloseAsync).RequireAuthorization(ApiPolicies.Write);
        conversations.MapPost("/{id}/assign", AssignAsync).RequireAuthorization(ApiPolicies.Write);
        conversations.MapDelete("/{id}", DeleteAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Lists conversations, newest first; with q those that are found, by the newest text that was found</summary>
    /// <param name="state">open or closed; both when not given.</param>
    /// <param name="line">Id or number of a line.</param>
    /// <param name="clientId">Only this client's.</param>
    /// <param name="q">
    /// Words that must all be found, each as the beginning of one: in a text, or in the client's name, email, numbers and patients;
    /// three digits or more find a part of a number.
    /// </param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiConversation>>, ApiProblem>> ListAsync(
        string? state,
        string? line,
        string? clientId,
        string? q,
        int? limit,
        string? after,
        ClaimsPrincipal user,
        InboxQueries inbox,
        InboxSearch search,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByTime<Conversation>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        ConversationState? wanted;
        switch (state)
        {
            case null or "":
                wanted = null;
                break;
            case "open":
                wanted = ConversationState.Open;
                break;
            case "closed":
                wanted = ConversationState.Closed;
                break;
            default:
                return ApiProblem.Invalid("state", "The state is open or closed.");
        }
        var filter = new InboxFilter(wanted, Search: q);
        if (!string.IsNullOrEmpty(line))
        {
            var lines = await inbox.LinesAsync(cancellation);
            var known = lines.FirstOrDefault(l =>
                l.Id.ToString() == line || l.Number.Digits == line.Trim().TrimStart('+')
            );
            if (known is null)
            {
                return TypedResults.Ok(new ApiList<ApiConversation>([], Next: null));
            }
            filter = filter with { LineId = known.Id };
        }
        if (!string.IsNullOrEmpty(clientId))
        {
            if (!Id<Clients.Client>.TryParse(clientId, provider: null, out var client))
            {
                return TypedResults.Ok(new ApiList<ApiConversation>([], Next: null));
            }
            filter = filter with { ClientId = client };
        }
        await reads.NoteAsync(user.Actor(), "conversation.listed", "conversations", cancellation);
        if (filter.IsSearch)
        {
            var hits = await search.FindAsync(
                filter,
                page.After is { } found ? new SearchCursor(Micros.Of(found.At), found.Id) : null,
                page.Size + 1,
                cancellation
            );
            return TypedResults.Ok(
                ApiList<ApiConversation>.Of(
                    hits,
                    page.Size,
                    hit => ApiConversation.Of(hit.Row),
                    hit => ApiCursor.Of(Micros.ToInstant(hit.Cursor.Place), hit.Row.Id)
                )
            );
        }
        var rows = await inbox.ListAsync(
            filter,
            page.After is { } place ? new InboxCursor(place.At, place.Id) : null,
            page.Size + 1,
            cancellation
        );
        return TypedResults.Ok(Page(rows, page.Size));
    }

    /// <summary>Finds one conversation</summary>
    internal static async Task<Results<Ok<ApiConversation>, ApiProblem>> FindAsync(
        string id,
        ClaimsPrincipal user,
        InboxQueries inbox,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        if (await inbox.FindAsync(ApiId.Of<Conversation>(id), cancellation) is not { } row)
        {
            return Unknown.Conversation;
        }
        // It holds the beginning of its last text.
        await reads.NoteAsync(user.Actor(), "conversation.read", row.Id.ToString(), cancellation);
        return TypedResults.Ok(ApiConversation.Of(row));
    }

    /// <summary>Marks it read, for the whole desk</summary>
    internal static async Task<Results<Ok<ApiConversation>, ApiProblem>> ReadAsync(
        string id,
        ConversationDesk desk,
        InboxQueries inbox,
        CancellationToken cancellation
    ) =>
        await AnswerAsync(
            await desk.MarkReadAsync(ApiId.Of<Conversation>(id), cancellation),
            id,
            inbox,
            cancellation
        );

    /// <summary>Marks its last text unread again</summary>
    internal static async Task<Results<Ok<ApiConversation>, ApiProblem>> UnreadAsync(
        string id,
        ConversationDesk desk,
        InboxQueries inbox,
        CancellationToken cancellation
    ) =>
        await AnswerAsync(
            await desk.MarkUnreadAsync(ApiId.Of<Conversation>(id), cancellation),
            id,
            inbox,
            cancellation
        );

    /// <summary>Closes it: it leaves the inbox and stays in the client's communications</summary>
    internal static async Task<Results<Ok<ApiConversation>, ApiProblem>> CloseAsync(
        string id,
        ClaimsPrincipal user,
        ConversationDesk desk,
        InboxQueries inbox,
        CancellationToken cancellation
    ) =>
        await AnswerAsync(
            await desk.CloseAsync(ApiId.Of<Conversation>(id), user.Actor(), cancellation),
            id,
            inbox,
            cancellation
        );

    /// <summary>Makes it the conversation of a client</summary>
    internal static async Task<Results<Ok<ApiConversation>, ApiProblem>> AssignAsync(
        string id,
        Assignment body,
        ClaimsPrincipal user,
        ConversationDesk desk,
        Clients.ClientBook clients,
        InboxQueries inbox,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(body.ClientId))
        {
            return ApiProblem.Invalid("clientId", "Name the client.");
        }
        if (
            !Id<Clients.Client>.TryParse(body.ClientId, provider: null, out var clientId)
            || await clients.FindAsync(clientId, cancellation) is null
        )
        {
            return Unknown.Client;
        }
        var result = await desk.AssignAsync(
            ApiId.Of<Conversation>(id),
            clientId,
            body.AddNumber,
            user.Actor(),
            cancellation
        );
        return await AnswerAsync(result, id, inbox, cancellation);
    }

    /// <summary>Deletes it for good: messages, files, everything</summary>
    internal static async Task<Results<NoContent, ApiProblem>> DeleteAsync(
        string id,
        ClaimsPrincipal user,
        DeletingConversations deleting,
        CancellationToken cancellation
    ) =>
        await deleting.DeleteAsync(ApiId.Of<Conversation>(id), user.Actor(), cancellation)
        == DeskResult.Done
            ? TypedResults.NoContent()
            : Unknown.Conversation;

    internal static ApiList<ApiConversation> Page(IReadOnlyList<ConversationRow> rows, int limit) =>
        ApiList<ApiConversation>.Of(
            rows,
            limit,
            ApiConversation.Of,
            row => ApiCursor.Of(row.LastMessageAt, row.Id)
        );

    private static async Task<Results<Ok<ApiConversation>, ApiProblem>> AnswerAsync(
        DeskResult result,
        string id,
        InboxQueries inbox,
        CancellationToken cancellation
    )
    {
        if (result is DeskResult.Closed or DeskResult.NotNow)
        {
            return Unknown.Closed;
        }
        return
            result == DeskResult.Done
            && await inbox.FindAsync(ApiId.Of<Conversation>(id), cancellation) is { } row
            ? TypedResults.Ok(ApiConversation.Of(row))
            : Unknown.Conversation;
    }
}

/// <summary>Answers that several routes give.</summary>
internal static class Unknown
{
    public static readonly ApiProblem Conversation = ApiProblem.NotFound("conversation");

    public static readonly ApiProblem Closed = ApiProblem.Conflict(
        "conversationClosed",
        "The conversation is closed. The next text from this number starts a new one."
    );

    public static readonly ApiProblem Client = ApiProblem.Unprocessable(
        "unknownClient",
        "There is no client with this id."
    );

    public static readonly ApiProblem Line = ApiProblem.Unprocessable(
        "unknownLine",
        "There is no line with this id."
    );
}
