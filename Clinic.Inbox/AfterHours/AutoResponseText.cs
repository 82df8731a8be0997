using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>What a client reads who texts a closed clinic.</summary>
public static class AutoResponseText
{
    /// <param name="clientName">Of whom is answered; null when nobody knows.</param>
    public static async Task<string> WriteAsync(
        InboxDb db,
        ClinicHours hours,
        Instant now,
        string? clientName,
        CancellationToken cancellation
    )
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var template = await TemplateBook.CurrentAsync(
            db,
            TemplateKind.AutoResponse,
            scope: "",
            cancellation
        );
        var names = (clientName ?? "").Split(' ', 2);
        return template.Render(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["clinic.name"] = clinic.Name,
                ["clinic.phone"] = clinic.Phone,
                ["clinic.opens_next"] = OpensNext.InWords(hours, now),
                ["client.first_name"] = names[0],
                ["client.last_name"] = names.Length > 1 ? names[1] : "",
                ["client.name"] = clientName ?? "",
            }
        );
    }
}
