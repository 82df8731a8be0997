using System.Globalization;
using System.Text;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Settings;

/// <summary>The audit log to take away: what was found, as CSV. Taking it away stands in it.</summary>
internal static class AuditEndpoints
{
    /// <summary>
    /// Spreadsheets run a cell that begins with one of these as a formula (OWASP, CSV injection): it gets an apostrophe before
    /// it.
    /// </summary>
    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = ['=', '+', '-', '@', '\t', '\r'],
        InjectionEscapeCharacter = '\'',
    };

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
        var rows = await log.AllAsync(
            AuditQuery.Read(clock, q, kind, from, to),
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.File(
            Write(rows),
            "text/csv; charset=utf-8",
            $"audit-{clock.Today:yyyy-MM-dd}.csv"
        );
    }

    private static byte[] Write(IReadOnlyList<AuditRow> rows)
    {
        using var stream = new MemoryStream();
        using (
            var text = new StreamWriter(
                stream,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
            )
        )
        using (var csv = new CsvWriter(text, Format))
        {
            Row(csv, "When (UTC)", "Who", "What", "Detail", "Subject");
            foreach (var row in rows)
            {
                Row(
                    csv,
                    row.At.UtcDateTime.ToString(
                        "yyyy-MM-dd HH:mm:ss",
                        CultureInfo.InvariantCulture
                    ),
                    row.Actor,
                    row.Action,
                    row.Detail,
                    row.Subject
                );
            }
        }
        return stream.ToArray();
    }

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(cell);
        }
        csv.NextRecord();
    }
}
