using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Layout;

/// <summary>Tells the pages whose clinic this is.</summary>
public static class ClinicSetup
{
    /// <summary>Reads the clinic's time zone and region; the database is there already.</summary>
    public static async Task UseClinicProfileAsync(
        this WebApplication app,
        CancellationToken cancellation
    )
    {
        var databases = app.Services.GetRequiredService<IDbContextFactory<InboxDb>>();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        app.Services.GetRequiredService<ClinicClock>().UseZone(clinic.TimeZone);
        app.Services.GetRequiredService<ClinicNumbers>().UseRegion(clinic.Region);
    }
}
