using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.ConsentPages;

/// <summary>The evidence of one client as a file, for managers.</summary>
internal static class EvidenceEndpoints
{
    public static void MapEvidence(this IEndpointRouteBuilder endpoints)
    {
        var files = endpoints
            .MapGroup("/clients/{id}")
            .RequireAuthorization(Policies.Manage)
            .ExcludeFromDescription();
        files.MapGet("evidence.json", JsonAsync);
        files.MapGet("evidence.pdf", PdfAsync);
    }

    private static Task<Results<FileContentHttpResult, NotFound>> JsonAsync(
        string id,
        HttpContext context,
        EvidenceBook book
    ) => FileAsync(id, "json", "application/json", EvidenceBook.ToJson, context, book);

    private static Task<Results<FileContentHttpResult, NotFound>> PdfAsync(
        string id,
        HttpContext context,
        EvidenceBook book,
        ClinicNumbers numbers
    ) =>
        FileAsync(
            id,
            "pdf",
            "application/pdf",
            evidence => EvidencePdf.Write(evidence, numbers.Region),
            context,
            book
        );

    private static async Task<Results<FileContentHttpResult, NotFound>> FileAsync(
        string id,
        string format,
        string contentType,
        Func<Evidence, byte[]> write,
        HttpContext context,
        EvidenceBook book
    )
    {
        var evidence = Id<Client>.TryParse(id, provider: null, out var clientId)
            ? await book.GatherAsync(clientId, format, context.User.Actor(), context.RequestAborted)
            : null;
        context.Response.Headers.CacheControl = "no-store";
        return evidence is null
            ? TypedResults.NotFound()
            : TypedResults.File(
                write(evidence),
                contentType,
                $"consent-{FileName(evidence.Client)}-{evidence.MadeAt:yyyy-MM-dd}.{format}"
            );
    }

    /// <summary>"Ana Ruiz-Cole" is "ana-ruiz-cole"; what no file system is sure of is left out.</summary>
    private static string FileName(string client) =>
        string.Join(
            '-',
            client
                .ToLowerInvariant()
                .Split(
                    [.. client.ToLowerInvariant().Where(c => !char.IsLetterOrDigit(c)).Distinct()],
                    StringSplitOptions.RemoveEmptyEntries
                )
        );
}
