using Clinic.Inbox.Api;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Api;

public sealed class ApiKeysTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_nothing_opens()
    {
        await using var app = await InboxApp.StartAsync();
        foreach (var key in (string[])["", "wrong", "demo-api-key", new string('x', 5_000)])
        {
            using var api = app.ApiClient("x");
            api.Http.DefaultRequestHeaders.Authorization = null;
            api.Http.DefaultRequestHeaders.TryAddWithoutValidation(
                "Authorization",
                "Bearer " + key
            );
            await api.FailAsync(HttpMethod.Get, "lines", null, 401, "unauthorized");
        }
        using var nobody = app.ApiClient("x");
        nobody.Http.DefaultRequestHeaders.Authorization = null;
        await nobody.FailAsync(HttpMethod.Get, "lines", null, 401, "unauthorized");
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_and_both_are_in_the_audit_log()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        await api.GetAsync("lines");
        var keys = app.Get<ApiKeys>();
        var key = Assert.Single(await keys.ListAsync(Cancellation));

        Assert.True(await keys.RevokeAsync(key.Id, ApiClients.Tester, Cancellation));
        Assert.False(await keys.RevokeAsync(key.Id, ApiClients.Tester, Cancellation));

        await api.FailAsync(HttpMethod.Get, "lines", null, 401, "unauthorized");
        await using var db = app.Db();
        var actions = await db
            .Audit.Where(a => a.Subject == key.Id.ToString())
            .OrderBy(a => a.At)
            .Select(a => a.Action)
            .ToListAsync(Cancellation);
        Assert.Equal(["apikey.created", "apikey.revoked"], actions);
    }

    [Fact]
    public async Task The_key_itself_is_not_in_the_database()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        await using var db = app.Db();
        var kept = await db.ApiKeys.SingleAsync(Cancellation);

        Assert.Equal(64, kept.Hash.Length);
        Assert.Equal("read manage", kept.Scopes);
        Assert.EndsWith(kept.Hint, api.Key, StringComparison.Ordinal);
        Assert.Equal(4, kept.Hint.Length);
        foreach (var file in Directory.GetFiles(app.Folder))
        {
            await using var open = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite
            );
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(
                api.Key,
                await reader.ReadToEndAsync(Cancellation),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task The_demo_key_opens_everything_in_the_demo_and_nothing_elsewhere()
    {
        await using var demo = await InboxApp.StartAsync(demo: true);
        using var api = demo.ApiClient("demo-api-key");
        await api.GetAsync("lines");
        await api.FailAsync(HttpMethod.Delete, "conversations/nothing", null, 404, "notFound");

        await using var plain = await InboxApp.StartAsync();
        using var refused = plain.ApiClient("demo-api-key");
        await refused.FailAsync(HttpMethod.Get, "lines", null, 401, "unauthorized");
    }

    [Theory]
    [InlineData("", "read")]
    [InlineData("PiMS", "")]
    [InlineData("PiMS", "everything")]
    public async Task A_key_needs_a_name_and_known_scopes(string name, string scope)
    {
        await using var app = await InboxApp.StartAsync();
        string[] scopes = scope.Length == 0 ? [] : [scope];
        await Assert.ThrowsAsync<ArgumentException>(() =>
            app.Get<ApiKeys>().CreateAsync(name, scopes, ApiClients.Tester, Cancellation)
        );
    }
}
