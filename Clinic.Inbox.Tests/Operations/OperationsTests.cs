using System.Net;
using System.Text.Json;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Operations;

public sealed class OperationsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_app_is_live_and_ready_and_says_what_it_checked()
    {
        await using var app = await InboxApp.StartAsync();
        using var live = await app.Http.GetAsync("health/live", Cancellation);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        using var ready = await app.Http.GetAsync("health/ready", Cancellation);

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        var said = await ReadAsync(ready);
        Assert.Equal("ready", said.GetProperty("status").GetString());
        Assert.Equal(
            ["carrier", "database", "disk", "migrations"],
            said.GetProperty("checks").EnumerateObject().Select(c => c.Name).Order()
        );
    }

    [Fact]
    public async Task A_full_disk_is_not_ready_but_live()
    {
        await using var app = await InboxApp.StartAsync(
            settings: ("Operations:MinimumFreeMegabytes", "2000000000")
        );
        await NotReadyAsync(app, "disk");
    }

    [Fact]
    public async Task A_private_key_that_can_not_be_read_is_not_ready_and_no_secret_is_told()
    {
        await using var app = await InboxApp.StartAsync(
            settings: ("Vonage:PrivateKeyFile", "/somewhere/private.key")
        );
        var said = await NotReadyAsync(app, "carrier");
        Assert.Contains("Vonage:PrivateKeyFile", said, StringComparison.Ordinal);
        Assert.DoesNotContain("somewhere", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_its_tables_is_not_ready()
    {
        await using var app = await InboxApp.StartAsync();
        await using (var db = app.Db())
        {
            await db.Database.ExecuteSqlRawAsync("DROP TABLE ClinicProfiles", Cancellation);
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory", Cancellation);
        }
        await NotReadyAsync(app, "database");
        await NotReadyAsync(app, "migrations");
    }

    private static async Task<string> NotReadyAsync(InboxApp app, string check)
    {
        using var ready = await app.Http.GetAsync("health/ready", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var said = await ReadAsync(ready);
        Assert.Equal("notReady", said.GetProperty("status").GetString());
        Assert.Equal(
            "unhealthy",
            said.GetProperty("checks").GetProperty(check).GetProperty("status").GetString()
        );
        using var live = await app.Http.GetAsync("health/live", Cancellation);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        return said.ToString();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return json.RootElement.Clone();
    }
}
