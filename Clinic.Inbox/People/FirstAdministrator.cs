using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>Tells the operator how to get in when nobody can.</summary>
public static partial class FirstAdministrator
{
    private const string CodeKey = "setup.code";

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
            var code = app.Services.GetRequiredService<SetupCode>();
            if (app.Services.GetRequiredService<DatabaseSettings>() is { IsSqlite: false })
            {
                code.Shared = await AgreeAsync(db, code.Shared, cancellation);
            }
            var address = (app.Configuration["PublicUrl"] ?? "").TrimEnd('/') + Paths.Setup;
            LogInvitation(app.Logger, address, code.Text);
        }
    }

    /// <summary>The code of the node that came first. It lies beside the keys of all cookies, and opens nothing once there is a user.</summary>
    private static async Task<string> AgreeAsync(
        InboxDb db,
        string own,
        CancellationToken cancellation
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Settings" ("Key", "Value") VALUES ({CodeKey}, {own}) ON CONFLICT DO NOTHING""",
            cancellation
        );
        return await db
            .Settings.Where(s => s.Key == CodeKey)
            .Select(s => s.Value)
            .SingleAsync(cancellation);
    }

    // A warning, so that it is read whatever level is logged.
    [LoggerMessage(
        LogLevel.Warning,
        "Nobody can sign in yet. Open {Address} and enter the one-time code {Code} to set the clinic up."
    )]
    private static partial void LogInvitation(ILogger log, string address, string code);
}
