using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Http.Extensions;
using NodaTime.Text;

namespace Clinic.Inbox.Settings;

/// <summary>What is looked for in the audit log, as it stands in an address.</summary>
internal static class AuditQuery
{
    /// <summary>What can't be read is as if it were not there.</summary>
    public static AuditSearch Read(
        ClinicClock clock,
        string? text,
        string? kind,
        string? from,
        string? to
    ) =>
        new(
            text,
            Enum.TryParse<AuditKind>(kind, out var known) && Enum.IsDefined(known) ? known : null,
            LocalDatePattern.Iso.Parse(from ?? "").TryGetValue(default, out var first)
                ? clock.StartOf(first)
                : null,
            LocalDatePattern.Iso.Parse(to ?? "").TryGetValue(default, out var last)
                ? clock.StartOf(last.PlusDays(1))
                : null
        );

    public static string Address(string path, string? text, string? kind, string? from, string? to)
    {
        var query = new QueryBuilder();
        foreach (
            var (name, value) in ((string, string?)[])
                [("q", text?.Trim()), ("kind", kind), ("from", from), ("to", to)]
        )
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add(name, value);
            }
        }
        return path + query;
    }
}
