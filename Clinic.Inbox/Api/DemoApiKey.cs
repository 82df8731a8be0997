using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>
/// The key that the demo clinic's documentation names (<c>Demo:ApiKey</c>), with every scope. It exists in Development with
/// <c>Demo:Enabled</c> and nowhere else: everybody knows it, so a database that leaves the demo loses it.
/// </summary>
internal sealed class DemoApiKey(
    InboxWriter writer,
    IConfiguration configuration,
    IHostEnvironment environment
) : IHostedService
{
    public const string Default = "demo-api-key";

    /// <summary>Marks the demo's key in the database.</summary>
    private const string By = "Demo clinic";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var wanted = environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", false);
        var secret = configuration["Demo:ApiKey"] is { Length: > 0 } set ? set : Default;
        return writer.RunAsync(
            session => EnsureAsync(session, wanted ? secret : null),
            cancellationToken
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task EnsureAsync(WriteSession session, string? secret)
    {
        var keys = session.Db.ApiKeys;
        var hash = secret is null ? "" : ApiKeys.HashOf(secret);
        await keys.Where(k => k.CreatedBy == By && k.Hash != hash).ExecuteDeleteAsync();
        if (secret is not null && !await keys.AnyAsync(k => k.Hash == hash))
        {
            keys.Add(ApiKeys.Make(secret, "Demo", ApiScopes.All, session.Now, By));
            await session.Db.SaveChangesAsync();
        }
    }
}
