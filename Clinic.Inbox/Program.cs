using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Api;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.Clients;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Demo;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.Operations;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Settings;
using Clinic.Inbox.SmsDefaults;

namespace Clinic.Inbox;

/// <summary>Composition only: a line per feature.</summary>
public static class Program
{
    /// <returns>0; 1 when settings are missing, which are then named on standard error, one a line.</returns>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            if (await Commands.RunAsync(args) is { } ended)
            {
                return ended;
            }
            await using var app = await BuildAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (MissingSettingsException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return 1;
        }
    }

    /// <summary>The whole product, its database migrated, not yet listening.</summary>
    /// <exception cref="MissingSettingsException">Outside Development: no carrier to talk to. Nothing was touched.</exception>
    /// <param name="adjust">Called before the services are built: tests and benchmarks replace what lies outside.</param>
    public static async Task<WebApplication> BuildAsync(
        string[] args,
        Action<WebApplicationBuilder>? adjust = null
    )
    {
        var root = ContentRoot.Find();
        var fromSource = Directory.Exists(Path.Combine(root, "wwwroot-assets"));
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = "Clinic.Inbox",
                ContentRootPath = root,
                WebRootPath = fromSource ? "wwwroot-assets" : "wwwroot",
            }
        );
        if (fromSource)
        {
            // Outside Development too: the files lie where the build found them, not beside the app.
            builder.WebHost.UseStaticWebAssets();
        }
        adjust?.Invoke(builder);
        builder.Configuration.AddSecretFiles();
        MissingSettingsException.ThrowIfAny(builder.Configuration, builder.Environment);
        builder.Services.AddClinicTime(builder.Environment);
        builder.Services.AddInboxDb(builder.Configuration);
        builder.Services.AddForwarding(builder.Configuration);
        builder.Services.AddPeople(builder.Configuration, builder.Environment);
        builder.Services.AddClients();
        builder.Services.AddSchedule();
        builder.Services.AddAddOns();
        builder.Services.AddSettings();
        builder.Services.AddConversations();
        builder.Services.AddAttachments();
        builder.Services.AddJobs(builder.Configuration);
        builder.Services.AddReminders();
        builder.Services.AddConsentPages();
        builder.Services.AddSmsDefaults();
        builder.Services.AddAfterHours(builder.Configuration);
        builder.Services.AddDocuments();
        builder.Services.AddKeeping(builder.Configuration);
        builder.Services.AddVonage(builder.Configuration, builder.Environment);
        builder.Services.AddSimulator(builder.Environment);
        builder.Services.AddLive(builder.Configuration);
        builder.Services.AddApi(builder.Configuration);
        builder.Services.AddShell();
        builder.AddOperations();

        var app = builder.Build();
        // Beside the rest, which asks nothing of it: a start is short.
        var database = Task.Run(() => PrepareDatabaseAsync(app));
        try
        {
            MapAll(app);
        }
        finally
        {
            await database;
        }
        return app;
    }

    private static async Task PrepareDatabaseAsync(WebApplication app)
    {
        await DatabaseSetup.MigrateAsync(app.Services, CancellationToken.None);
        await app.SeedDemoAsync(CancellationToken.None);
        await app.UseClinicProfileAsync(CancellationToken.None);
        await app.InviteFirstAdministratorAsync(CancellationToken.None);
    }

    private static void MapAll(WebApplication app)
    {
        app.UseForwarding();
        app.UseSecurityHeaders();
        app.UseErrorPages();
        // Named here, after the error pages: they look for their page anew.
        app.UseRouting();
        app.UseApiProblems();
        app.UseDocumentLinks();
        app.UseLive();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseApi();
        app.UseCircuitCap();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapVonageWebhooks();
        app.MapSimulator();
        app.MapPeople();
        app.MapAttachments();
        app.MapStatements();
        app.MapAudit();
        app.MapDocuments();
        app.MapConsentPages();
        app.MapLive();
        app.MapApi();
        app.MapOperations();
        app.MapShell();
    }
}
