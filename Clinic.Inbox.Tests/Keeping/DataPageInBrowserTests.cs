using Clinic.Inbox.Keeping;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>Choosing how long conversations are kept, in a real browser.</summary>
public sealed class DataPageInBrowserTests(BrowserFixture browsers)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INBOX_PICTURES");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task A_shorter_time_is_asked_twice_and_a_longer_one_is_not(
        int width,
        int height,
        ColorScheme colours
    )
    {
        await using var app = await InboxApp.StartAsync();
        using var alex = await app.UserAsync(Roles.Administrator, "Alex Morgan");
        var page = await browsers.PageAsync(
            app,
            alex,
            context =>
            {
                context.ViewportSize = new ViewportSize { Width = width, Height = height };
                context.ColorScheme = colours;
            }
        );
        await page.GoLiveAsync("settings/data");
        var kept = page.GetByLabel("Keep them");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await Expect(save).ToBeDisabledAsync();

        await kept.SelectOptionAsync("24");
        await Expect(page.Locator("#outlook")).ToContainTextAsync("Now it would delete nothing");
        await save.ClickAsync();
        var delete = page.GetByRole(AriaRole.Button, new() { Name = "Delete what is older" });
        await Expect(delete).ToBeVisibleAsync();
        Assert.Equal(RetentionSettings.Forever, await ReadAsync());
        var axe = await page.RunAxe();
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(Pictures, $"data {width}.png"), FullPage = true }
            );
        }
        await delete.ClickAsync();
        await Expect(page.Locator("#outlook")).ToContainTextAsync("Deleting begins");
        Assert.Equal(24, (await ReadAsync()).Months);
        await kept.SelectOptionAsync("");
        await save.ClickAsync();
        await Expect(page.Locator("#outlook")).ToContainTextAsync("Nothing is deleted by itself");
        await Expect(save).ToBeDisabledAsync();

        // The button is off while it saves, too.
        await Eventually.IsTrueAsync(
            async () => await ReadAsync() == RetentionSettings.Forever,
            "it is kept"
        );
        Assert.Empty(axe.Violations.Select(v => v.Id + " " + v.Nodes[0].Html));

        Task<RetentionSettings> ReadAsync() => app.Get<RetentionBook>().ReadAsync(Cancellation);
    }
}
