using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;

namespace Clinic.Inbox;

/// <summary>Composition only: a line per feature.</summary>
public static class Program
{
    public static async Task Main(string[] args)
    {
        await using var app = await BuildAsync(args);
        await app.RunAsync();
    }

    /// <summary>The whole product, its database migrated, not yet listening.</summary>
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
        builder.Services.AddInboxDb(builder.Configuration);
        builder.Services.AddConversations();
        builder.Services.AddVonage(builder.Configuration, builder.Environment);
        builder.Services.AddShell();
        adjust?.Invoke(builder);

        var app = builder.Build();
        await DatabaseSetup.MigrateAsync(app.Services, CancellationToken.None);

        app.UseSecurityHeaders();
        app.MapStaticAssets();
        app.MapVonageWebhooks();
        return app;
    }
}
