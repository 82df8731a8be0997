namespace Clinic.Inbox.Demo;

/// <summary>The demo clinic; Development only.</summary>
public static class DemoSetup
{
    /// <summary>
    /// Fills an empty database with a believable practice, when <c>Demo:Enabled</c> says so, and says where to look once
    /// the server listens. A database with clients in it is left as it is.
    /// </summary>
    public static async Task SeedDemoAsync(this WebApplication app, CancellationToken cancellation)
    {
        if (!DemoSignIns.Offered(app.Environment, app.Configuration))
        {
            return;
        }
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await DemoSeed.RunAsync(scope.ServiceProvider, cancellation);
        }
        app.Lifetime.ApplicationStarted.Register(() =>
            Console.Out.WriteLine(
                DemoWelcome.Text(app.Urls, app.Configuration["Demo:ApiKey"] ?? "")
            )
        );
    }
}
