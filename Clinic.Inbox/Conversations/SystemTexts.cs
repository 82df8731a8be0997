using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>What the system itself says about texting, in the clinic's words: the carriers' rules (CTIA) ask for each of these.</summary>
public static class SystemTexts
{
    /// <summary>The text of <paramref name="kind"/> as the clinic words it now.</summary>
    public static async Task<string> WriteAsync(
        InboxDb db,
        TemplateKind kind,
        CancellationToken cancellation
    )
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var template = await TemplateBook.CurrentAsync(db, kind, "", cancellation);
        return template.Render(Values(clinic));
    }

    /// <summary>The text as the product words it until somebody changes it.</summary>
    public static string Standard(TemplateKind kind, ClinicProfile clinic) =>
        TemplateText.Default(kind).Render(Values(clinic));

    private static Dictionary<string, string> Values(ClinicProfile clinic) =>
        new(StringComparer.Ordinal)
        {
            ["clinic.name"] = clinic.Name,
            ["clinic.phone"] = clinic.Phone,
        };
}
