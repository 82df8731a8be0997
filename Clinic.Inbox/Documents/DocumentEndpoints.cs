using Clinic.Inbox.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Clinic.Inbox.Documents;

/// <summary>The file behind a private link, for a browser that has opened the link.</summary>
internal static class DocumentEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapDocumentEndpoints(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapMethods("/d/{token}/file", GetAndHead, FileAsync)
            .AllowAnonymous()
            .ExcludeFromDescription();

    private static async Task<
        Results<FileStreamHttpResult, RedirectHttpResult, StatusCodeHttpResult>
    > FileAsync(
        string token,
        HttpContext context,
        DocumentDoor door,
        DocumentGrants grants,
        AttachmentServing serving
    )
    {
        var document = context.Features.Get<DocumentAtDoor>();
        AttachmentHeaders.Write(context.Response.Headers, file: null, save: false);
        if (document is not { IsOpen: true } || !grants.Holds(context, document))
        {
            return Refuse(context, token, document);
        }
        var file = await door.FileAsync(document.Id, context.RequestAborted) is { } id
            ? await serving.FindKeptAsync(id, thumbnail: false, context.RequestAborted)
            : null;
        if (file is null)
        {
            return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        }
        AttachmentHeaders.Write(
            context.Response.Headers,
            file,
            context.Request.Query.ContainsKey("download")
        );
        return TypedResults.Stream(
            file.Content,
            file.Kind.ContentType,
            // For a range that goes on where it stopped; nothing is cached.
            entityTag: new EntityTagHeaderValue($"\"{file.Id}-{file.Content.Length}\""),
            enableRangeProcessing: true
        );
    }

    /// <summary>A person is led to the page, which says what is the matter; a program gets a status.</summary>
    private static Results<FileStreamHttpResult, RedirectHttpResult, StatusCodeHttpResult> Refuse(
        HttpContext context,
        string token,
        DocumentAtDoor? document
    ) =>
        context
            .Request.Headers.Accept.ToString()
            .Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Redirect($"/d/{Uri.EscapeDataString(token)}")
            : TypedResults.StatusCode(
                document switch
                {
                    null => StatusCodes.Status404NotFound,
                    { IsOpen: false } => StatusCodes.Status410Gone,
                    _ => StatusCodes.Status403Forbidden,
                }
            );
}
