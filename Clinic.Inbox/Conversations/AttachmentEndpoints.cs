using Clinic.Inbox.Api;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Clinic.Inbox.Conversations;

/// <summary>Files over HTTP: to staff who are signed in, and to the carrier by a link that expires.</summary>
internal static class AttachmentEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapAttachmentEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var files = endpoints
            .MapGroup("/attachments/{id}")
            .RequireAuthorization(ApiPolicies.DeskOrApiRead)
            .ExcludeFromDescription();
        files.MapMethods("", GetAndHead, FileAsync);
        files.MapMethods("thumbnail", GetAndHead, ThumbnailAsync);
        // What the carrier fetches. The token is the sign-in.
        endpoints
            .MapMethods("/media/{token}/{name}", GetAndHead, MediaAsync)
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static Task<Results<FileStreamHttpResult, NotFound>> FileAsync(
        string id,
        HttpContext context,
        AttachmentServing serving,
        ReadLog reads
    ) => ForStaffAsync(id, thumbnail: false, context, serving, reads);

    private static Task<Results<FileStreamHttpResult, NotFound>> ThumbnailAsync(
        string id,
        HttpContext context,
        AttachmentServing serving,
        ReadLog reads
    ) => ForStaffAsync(id, thumbnail: true, context, serving, reads);

    private static async Task<Results<FileStreamHttpResult, NotFound>> ForStaffAsync(
        string id,
        bool thumbnail,
        HttpContext context,
        AttachmentServing serving,
        ReadLog reads
    )
    {
        if (!Id<Attachment>.TryParse(id, provider: null, out var known))
        {
            return Answer(context, file: null, save: false);
        }
        var file = await serving.FindAsync(known, thumbnail, context.RequestAborted);
        // A thumbnail belongs to the conversation it stands in, whose reader is noted there. Of what is not there nobody
        // read anything: made-up ids would fill the log.
        if (file is not null && !thumbnail)
        {
            try
            {
                await reads.NoteAsync(
                    context.User.Actor(),
                    "attachment.read",
                    known.ToString(),
                    context.RequestAborted
                );
            }
            catch
            {
                await file.Content.DisposeAsync();
                throw;
            }
        }
        return Answer(context, file, context.Request.Query.ContainsKey("download"));
    }

    private static async Task<Results<FileStreamHttpResult, NotFound>> MediaAsync(
        string token,
        string name,
        HttpContext context,
        AttachmentServing serving
    )
    {
        var file = await serving.FindPublicAsync(token, name, context.RequestAborted);
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        return Answer(context, file, save: true);
    }

    private static Results<FileStreamHttpResult, NotFound> Answer(
        HttpContext context,
        ServedFile? file,
        bool save
    )
    {
        AttachmentHeaders.Write(context.Response.Headers, file, save);
        return file is null
            ? TypedResults.NotFound()
            : TypedResults.Stream(
                file.Content,
                file.Kind.ContentType,
                // For a range that goes on where it stopped; nothing is cached.
                entityTag: new EntityTagHeaderValue($"\"{file.Id}-{file.Content.Length}\""),
                enableRangeProcessing: true
            );
    }
}
