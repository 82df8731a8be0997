using System.Security.Claims;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>Lines, starting a conversation, its messages, and what a text would cost.</summary>
internal static class MessagesApi
{
    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        api.MapGet("/lines", LinesAsync).RequireAuthorization(ApiPolicies.Read).WithTags("Lines");
        var conversations = api.MapGroup("/conversations").WithTags("Conversations");
        conversations.MapPost("", StartAsync).RequireAuthorization(ApiPolicies.Write);
        conversations.MapGet("/{id}/messages", ListAsync).RequireAuthorization(ApiPolicies.Read);
        conversations.MapPost("/{id}/messages", SendAsync).RequireAuthorization(ApiPolicies.Write);
        api.MapPost("/text/analyze", Analyze)
            .RequireAuthorization(ApiPolicies.Read)
            .WithTags("Text");
    }

    /// <summary>Lists the clinic's lines</summary>
    internal static async Task<Ok<ApiList<ApiLine>>> LinesAsync(
        InboxQueries inbox,
        CancellationToken cancellation
    )
    {
        var lines = await inbox.LinesAsync(cancellation);
        return TypedResults.Ok(new ApiList<ApiLine>([.. lines.Select(ApiLine.Of)], Next: null));
    }

    /// <summary>Opens a conversation, or finds the one that is open already (200)</summary>
    internal static async Task<
        Results<Created<ApiConversation>, Ok<ApiConversation>, ApiProblem>
    > StartAsync(
        NewConversation body,
        InboxQueries inbox,
        ConversationDesk desk,
        ClientBook clients,
        IDbContextFactory<InboxDb> databases,
        CancellationToken cancellation
    )
    {
        var lines = await inbox.LinesAsync(cancellation);
        if (LineFor(lines, body.LineId) is not { } line)
        {
            return body.LineId is null
                ? ApiProblem.Invalid("lineId", "Name the line.")
                : Unknown.Line;
        }
        if (!line.CanConverse)
        {
            return ApiProblem.Unprocessable(
                "lineNotEnabled",
                "Two-way texting is off for this number."
            );
        }
        Client? client = null;
        if (!string.IsNullOrEmpty(body.ClientId))
        {
            client = Id<Client>.TryParse(body.ClientId, provider: null, out var clientId)
                ? await clients.FindAsync(clientId, cancellation)
                : null;
            if (client is null)
            {
                return Unknown.Client;
            }
        }
        var number = client?.Mobile;
        if (!string.IsNullOrWhiteSpace(body.Number))
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var region = await db.ClinicProfiles.Select(c => c.Region).SingleAsync(cancellation);
            if (!PhoneNumber.TryParse(body.Number, region, out var parsed, out var problem))
            {
                return ApiProblem.Invalid("number", problem);
            }
            number = parsed;
        }
        if (number is not { } reached)
        {
            return client is null
                ? ApiProblem.Invalid("number", "Give a number or a clientId.")
                : ApiProblem.Unprocessable("noMobile", "This client has no mobile number.");
        }
        var (row, created) = await desk.StartAsync(line.Id, reached, client?.Id, cancellation);
        var answer = ApiConversation.Of(row);
        return created
            ? TypedResults.Created($"{ApiSetup.Root}/conversations/{answer.Id}", answer)
            : TypedResults.Ok(answer);
    }

    /// <summary>Lists a conversation's messages, oldest first</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiMessage>>, ApiProblem>> ListAsync(
        string id,
        int? limit,
        string? after,
        ClaimsPrincipal user,
        InboxQueries inbox,
        ThreadPages threads,
        ReadLog reads,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByTime<Message>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        var conversation = ApiId.Of<Conversation>(id);
        if (await inbox.FindAsync(conversation, cancellation) is null)
        {
            return Unknown.Conversation;
        }
        await reads.NoteAsync(
            user.Actor(),
            "conversation.read",
            conversation.ToString(),
            cancellation
        );
        var messages = await threads.ReadAsync(
            conversation,
            page.After,
            page.Size + 1,
            cancellation
        );
        return TypedResults.Ok(
            ApiList<ApiMessage>.Of(
                messages,
                page.Size,
                message => ApiMessage.Of(id, message),
                message => ApiCursor.Of(message.At, message.Id)
            )
        );
    }

    /// <summary>Sends a text. 202: it is queued; its state follows by the hub or by reading it again</summary>
    /// <remarks>
    /// 422 with code <c>noConsent</c>, <c>optedOut</c>, <c>emptyText</c>, <c>textTooLong</c> or <c>lineNotEnabled</c> says
    /// why it can't be sent.
    /// </remarks>
    internal static async Task<Results<Accepted<ApiMessage>, ApiProblem>> SendAsync(
        string id,
        NewMessage body,
        ClaimsPrincipal user,
        ConversationDesk desk,
        InboxQueries inbox,
        CancellationToken cancellation
    )
    {
        var conversation = ApiId.Of<Conversation>(id);
        var result = await desk.SendAsync(
            conversation,
            body.Text ?? "",
            files: [],
            user.Actor(),
            cancellation
        );
        return result switch
        {
            EnqueueResult.Queued queued => TypedResults.Accepted(
                $"{ApiSetup.Root}/conversations/{id}/messages",
                ApiMessage.Of(id, MessageView.Of(queued.Message))
            ),
            EnqueueResult.Refused refused => ApiProblem.Unprocessable(refused.Code, refused.Reason),
            _ => await inbox.FindAsync(conversation, cancellation) is null
                ? Unknown.Conversation
                : Unknown.Closed,
        };
    }

    /// <summary>Counts what a text costs, and says what it would ask for had a client sent it</summary>
    internal static Results<Ok<AnalyzedText>, ApiProblem> Analyze(TextToAnalyze body)
    {
        if (body.Text is not { } text)
        {
            return ApiProblem.Invalid("text", "Give the text.");
        }
        var analysis = SmsText.Analyze(text);
        return TypedResults.Ok(
            new AnalyzedText(
                analysis.Encoding.Display(),
                analysis.Characters,
                analysis.Segments.Value,
                Keywords.Classify(text).WireName()
            )
        );
    }

    private static Line? LineFor(IReadOnlyList<Line> lines, string? lineId)
    {
        if (!string.IsNullOrEmpty(lineId))
        {
            return lines.FirstOrDefault(l => l.Id.ToString() == lineId);
        }
        var conversing = lines.Where(l => l.CanConverse).Take(2).ToList();
        return conversing is [var only] ? only : null;
    }
}
