using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>Tells the operator how to get in when nobody can.</summary>
public static partial class FirstAdministrator
{
    /// <summary>Writes address and <see cref="SetupCode"/> into the log when there is no user.</summary>
    public static async Task InviteFirstAdministratorAsync(
        this WebApplication app,
        CancellationToken cancellation
    )
    {
        var databases = app.Services.GetRequiredService<IDbContextFactory<InboxDb>>();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (!await db.Users.AnyAsync(cancellation))
        {
            var address = (app.Configuration["PublicUrl"] ?? "").TrimEnd('/') + Paths.Setup;
            LogInvitation(app.Logger, address, app.Services.GetRequiredService<SetupCode>().Text);
        }
    }

    // A warning, so that it is read whatever level is logged.
    [LoggerMessage(
        LogLevel.Warning,
        "Nobody can sign in yet. Open {Address} and enter the one-time code {Code} to set the clinic up."
    )]
    private static partial void LogInvitation(ILogger log, string address, string code);
}
