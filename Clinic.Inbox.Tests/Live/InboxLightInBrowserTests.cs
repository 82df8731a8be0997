using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Live;

/// <summary>The red light in another application's page, in a real browser.</summary>
public sealed class InboxLightInBrowserTests(BrowserFixture browsers)
{
    [Fact]
    public async Task It_flashes_on_a_page_of_another_site_until_the_text_is_read()
    {
        await using var host = await HostApplication.StartAsync();
        await using var app = await InboxApp.StartAsync(settings: ("Embed:Origins", host.Origin));
        using var api = await app.ApiClientAsync("read", "write");
        var page = await browsers.PageAsync(app);
        await page.GotoAsync(host.Show(app, api.Key));
        var light = page.Locator("inbox-light");
        await Expect(light.GetByRole(AriaRole.Status)).ToHaveTextAsync("0 unread texts");

        using var received = await app.ReceiveAsync("14155550134", "Is Bella ready?");

        await Expect(light.Locator(".flashing")).ToBeVisibleAsync();
        await Expect(light.Locator(".count")).ToHaveTextAsync("1");
        await Expect(light.GetByRole(AriaRole.Status)).ToHaveTextAsync("1 unread text, new");
        await Expect(light.GetByRole(AriaRole.Link))
            .ToHaveAttributeAsync("href", new Uri(app.Address, "schedule/inbox").ToString());

        var list = await api.GetAsync("conversations");
        var id = list.GetProperty("items")[0].GetProperty("id").GetString();
        await api.PostAsync($"conversations/{id}/read");

        await Expect(light.Locator(".flashing")).ToHaveCountAsync(0);
        await Expect(light.Locator(".count")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task On_a_site_that_is_not_named_it_stays_dark_and_says_so()
    {
        await using var host = await HostApplication.StartAsync();
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        var page = await browsers.PageAsync(app);
        var refused = page.WaitForConsoleMessageAsync(
            new PageWaitForConsoleMessageOptions
            {
                Predicate = message => message.Text.Contains("403", StringComparison.Ordinal),
            }
        );

        await page.GotoAsync(host.Show(app, api.Key));
        await refused;

        await Expect(page.Locator("inbox-light").GetByRole(AriaRole.Status))
            .ToHaveTextAsync("not connected");
    }

    /// <summary>Another application on an origin of its own, with the light in its page.</summary>
    private sealed class HostApplication(WebApplication host) : IAsyncDisposable
    {
        private string _page = "";

        public string Origin => host.Urls.First();

        public static async Task<HostApplication> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var application = new HostApplication(builder.Build());
            await application.ServeAsync();
            return application;
        }

        /// <summary>Puts the light of <paramref name="app"/> into the page; returns the page's address.</summary>
        public string Show(InboxApp app, string key)
        {
            _page = $"""
                <!doctype html><html lang="en"><title>Practice system</title>
                <inbox-light key="{key}"></inbox-light>
                <script type="module" src="{app.Address}embed/inbox-light.js"></script></html>
                """;
            return Origin + "/";
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();

        private Task ServeAsync()
        {
            host.MapGet("/", () => Results.Content(_page, "text/html"));
            return host.StartAsync(TestContext.Current.CancellationToken);
        }
    }
}
