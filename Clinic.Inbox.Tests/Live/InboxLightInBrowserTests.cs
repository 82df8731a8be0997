using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Live;

/// <summary>The red light in another application's page, in a real browser.</summary>
public sealed class InboxLightInBrowserTests(BrowserFixture browsers)
{
    private const string HostOrigin = "http://localhost:9";

    [Fact]
    public async Task It_flashes_on_a_page_of_another_site_until_the_text_is_read()
    {
        await using var app = await InboxApp.StartAsync(settings: ("Embed:Origins", HostOrigin));
        using var api = await app.ApiClientAsync("read", "write");
        var page = await HostPageAsync(app, api.Key);
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
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        var page = await HostPageAsync(app, api.Key);
        var refused = page.WaitForConsoleMessageAsync(
            new PageWaitForConsoleMessageOptions
            {
                Predicate = message => message.Text.Contains("403", StringComparison.Ordinal),
            }
        );

        await page.ReloadAsync();
        await refused;

        await Expect(page.Locator("inbox-light").GetByRole(AriaRole.Status))
            .ToHaveTextAsync("not connected");
    }

    private async Task<IPage> HostPageAsync(InboxApp app, string key)
    {
        var page = await browsers.PageAsync(app);
        await page.RouteAsync(
            HostOrigin + "/**",
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions
                    {
                        ContentType = "text/html",
                        Body = $"""
                        <!doctype html><html lang="en"><title>Practice system</title>
                        <inbox-light key="{key}"></inbox-light>
                        <script type="module" src="{app.Address}embed/inbox-light.js"></script></html>
                        """,
                    }
                )
        );
        await page.GotoAsync(HostOrigin + "/");
        return page;
    }
}
