using System.Globalization;
using Clinic.Inbox.Csv;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Settings;

/// <summary>The audit log to take away: what was found, as CSV. Taking it away stands in it.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet(Paths.AuditFile, FileAsync)
            .RequireAuthorization(Policies.Administer)
            .ExcludeFromDescription();

    private static async Task<FileContentHttpResult> FileAsync(
        string? q,
        string? kind,
        string? from,
        string? to,
        HttpContext context,
        ClinicClock clock,
        AuditLog log,
        ReadLog reads
    )
    {
        await reads.NoteExportAsync(
            context.User.Actor(),
            "audit.exported",
            "audit",
            context.RequestAborted
        );
        var (rows, isCut) = await log.AllAsync(
            AuditQuery.Read(clock, q, kind, from, to),
            AuditLog.MostExported,
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.File(
            Write(rows, isCut),
            "text/csv; charset=utf-8",
            $"audit-{clock.Today:yyyy-MM-dd}.csv"
        );
    }

    /// <param name="isCut">There are older ones: the last row says so, since nobody counts the rows of a file.</param>
    internal static byte[] Write(IReadOnlyList<AuditRow> rows, bool isCut)
    {
        var table = rows.Select(row =>
                (string[])
                    [
                        row.At.UtcDateTime.ToString(
                            "yyyy-MM-dd HH:mm:ss",
                            CultureInfo.InvariantCulture
                        ),
                        row.Actor,
                        row.Action,
                        row.Detail,
                        row.Subject,
                    ]
            )
            .Prepend(["When (UTC)", "Who", "What", "Detail", "Subject"]);
        return CsvFile.Of(
            isCut
                ? table.Append([
                    "",
                    "",
                    $"Older entries are left out: a file holds {rows.Count}. Choose days.",
                    "",
                    "",
                ])
                : table
        );
    }
}
