using System.Net.Mime;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.AddOns;

/// <summary>Statements to take away: <c>/settings/statements/2026-11.pdf</c> and <c>.csv</c>.</summary>
internal static class StatementEndpoints
{
    public static void MapStatementEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var statements = endpoints
            .MapGroup("/settings/statements")
            .RequireAuthorization(Policies.Manage)
            .ExcludeFromDescription();
        statements.MapGet("/{month}.pdf", PdfAsync);
        statements.MapGet("/{month}.csv", CsvAsync);
    }

    private static Task<Results<FileContentHttpResult, NotFound>> PdfAsync(
        string month,
        HttpContext context,
        Statements statements,
        StatementFiles files,
        ReadLog reads
    ) =>
        AnswerAsync(
            month,
            context,
            statements,
            reads,
            files.Pdf,
            MediaTypeNames.Application.Pdf,
            "pdf"
        );

    private static Task<Results<FileContentHttpResult, NotFound>> CsvAsync(
        string month,
        HttpContext context,
        Statements statements,
        StatementFiles files,
        ReadLog reads
    ) =>
        AnswerAsync(month, context, statements, reads, files.Csv, "text/csv; charset=utf-8", "csv");

    private static async Task<Results<FileContentHttpResult, NotFound>> AnswerAsync(
        string month,
        HttpContext context,
        Statements statements,
        ReadLog reads,
        Func<UsageReport, byte[]> write,
        string contentType,
        string extension
    )
    {
        if (
            !UsageMonth.TryParse(month, out var wanted)
            || await statements.FindAsync(wanted, context.RequestAborted) is not { } report
        )
        {
            return TypedResults.NotFound();
        }
        await reads.NoteExportAsync(
            context.User.Actor(),
            "statement.exported",
            $"{report.Month}.{extension}",
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.File(
            write(report),
            contentType,
            $"statement-{report.Month}.{extension}"
        );
    }
}
