using System.Collections.Concurrent;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Api;

/// <summary>The keys and the readable API, in a real browser.</summary>
public sealed class ApiPagesInBrowserTests(BrowserFixture browsers)
{
    [Fact]
    public async Task An_administrator_makes_a_key_that_works_and_revokes_it()
    {
        await using var app = await InboxApp.StartAsync();
        using var alex = await app.UserAsync(Roles.Administrator, "Alex Morgan");
        var page = await browsers.PageAsync(app, alex);
        await page.GoLiveAsync("settings/api-keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        await page.Locator("#key-name").FillAsync("Practice system");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make and show" }).ClickAsync();

        var key = await page.Locator(".one-time").TextContentAsync();
        using var api = app.ApiClient(key ?? "");
        await api.GetAsync("lines");
        await api.FailAsync(HttpMethod.Post, "clients", new { }, 403, "forbidden");

        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(page.Locator(".one-time")).ToHaveCountAsync(0);
        Assert.DoesNotContain(key ?? "", await page.ContentAsync(), StringComparison.Ordinal);
        await page.PassesAxeAsync("API keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Practice system" })
            .ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();

        await Expect(page.Locator(".user-item")).ToContainTextAsync("Revoked");
        await api.FailAsync(HttpMethod.Get, "lines", null, 401, "unauthorized");
    }

    [Theory]
    [InlineData(Roles.FrontDesk)]
    [InlineData(Roles.PracticeManager)]
    public async Task Nobody_else_sees_the_keys(string role)
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(role);
        using var answer = await user.Http.GetAsync(
            "settings/api-keys",
            TestContext.Current.CancellationToken
        );
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("New key", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_readable_api_runs_under_its_policy_and_asks_no_other_host()
    {
        await using var app = await InboxApp.StartAsync();
        var page = await browsers.PageAsync(app);
        var complaints = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Enqueue(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (
                new Uri(request.Url) is { Scheme: "http" or "https" } url
                && url.Authority != app.Address.Authority
            )
            {
                complaints.Enqueue(request.Url);
            }
        };

        await page.GotoAsync("docs/api");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Clinic.Inbox" }).First)
            .ToBeVisibleAsync();
        await Expect(page.GetByText("/api/v1/lines").First).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }
}
