using Clinic.Inbox.Demo;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Clinic.Inbox.Tests.People;

/// <summary>
/// Account and settings pages in a real browser. With <c>INBOX_PICTURES</c> set to a folder, each page is left there as a
/// picture.
/// </summary>
public sealed class PeoplePagesTests(BrowserFixture browser)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INBOX_PICTURES");

    private static readonly string[] Pages =
    [
        "settings",
        "settings/clinic",
        "settings/add-ons",
        "settings/users",
        "settings/quarantine",
        "settings/data",
        "settings/audit",
        "settings/audit?q=nothing-like-it",
        "account/change-password",
        "account/security",
        "account/second-factor",
        "settings/sign-in",
        "account/denied",
        "account/too-many-windows",
        "not-found",
        "error/500",
    ];

    [Theory]
    [InlineData(1440, 900, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Every_page_is_accessible(int width, int height, string theme)
    {
        await using var app = await InboxApp.StartAsync();
        var page = await PageAsync(app, user: null, width, height, theme);
        await using var context = page.Context;
        await LookAsync("account/setup");
        using var boss = await app.UserAsync(Roles.Administrator, "Alex Morgan");
        await FillAsync(app, boss);
        await LookAsync("account/sign-in");
        await context.AddCookiesAsync([boss.BrowserCookie]);

        foreach (var path in Pages)
        {
            await LookAsync(path);
        }

        async Task LookAsync(string path)
        {
            // The other pages are static. Of these the circuit replaces what is clicked and looked at.
            await (
                path.StartsWith("settings", StringComparison.Ordinal)
                    ? page.GoLiveAsync(path)
                    : page.GotoAsync(path)
            );
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            if (path == "settings/quarantine")
            {
                await page.Locator("details summary").First.ClickAsync();
                await page.GetByText("message_uuid").WaitForAsync();
            }
            await page.PassesAxeAsync(path);
            await KeepAsync(page, $"{path} {theme} {width}");
        }
    }

    [Fact]
    public async Task An_administrator_invites_somebody_who_chooses_a_password()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator, "Alex Morgan");
        var page = await PageAsync(app, boss);
        await using var desk = page.Context;
        await page.GoLiveAsync("settings/users");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add user" }).ClickAsync();
        await KeepAsync(page, "add user");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Dana Reyes");
        await page.GetByLabel("Email").FillAsync("dana@clinic.test");
        await page.GetByLabel("Role", new() { Exact = true })
            .SelectOptionAsync(Roles.PracticeManager);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add and show" }).ClickAsync();
        var link = await page.GetByLabel("The link").TextContentAsync();
        await page.PassesAxeAsync("invitation");
        await KeepAsync(page, "invitation");
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await page.GetByText("dana@clinic.test").WaitForAsync();

        var phone = await PageAsync(app, user: null, 390, 844);
        await using var home = phone.Context;
        await phone.GotoAsync(link!);
        await KeepAsync(phone, "choose password");
        await phone.GetByLabel("New password").FillAsync(SignedIn.Password);
        await phone.GetByLabel("Repeat it").FillAsync(SignedIn.Password);
        await phone.GetByRole(AriaRole.Button, new() { Name = "Save and sign in" }).ClickAsync();
        await phone.UntilAtAsync("/schedule/inbox");
        await phone.GotoAsync("settings");

        await phone.GetByRole(AriaRole.Link, new() { Name = "Clinic" }).First.WaitForAsync();
        Assert.Equal(0, await phone.GetByText("Audit log").CountAsync());
    }

    [Fact]
    public async Task In_the_demo_clinic_a_click_signs_in()
    {
        await using var app = await InboxApp.StartAsync(demo: true);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
            foreach (var demo in DemoSignIns.All)
            {
                if (await users.FindByEmailAsync(demo.Email) is null)
                {
                    var user = new InboxUser
                    {
                        UserName = demo.Email,
                        Email = demo.Email,
                        DisplayName = demo.Name,
                        Role = demo.Role,
                    };
                    Assert.True((await users.CreateAsync(user, DemoSignIns.Password)).Succeeded);
                }
            }
        }
        var page = await PageAsync(app);
        await using var context = page.Context;
        await page.GotoAsync("account/sign-in?returnUrl=/settings/audit");
        await page.PassesAxeAsync("demo sign in");
        await KeepAsync(page, "demo sign in");

        await page.GetByRole(AriaRole.Button, new() { Name = "Alex Morgan" }).ClickAsync();

        await page.GetByText("User signed in").First.WaitForAsync();
    }

    [Fact]
    public async Task A_deactivated_user_s_open_page_ends_at_the_sign_in()
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new SessionChecks(TimeSpan.FromMilliseconds(500)))
        );
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(Roles.PracticeManager);
        var page = await PageAsync(app, user);
        await using var context = page.Context;
        await page.GotoAsync("settings/clinic");
        await Eventually.IsTrueAsync(
            () => Task.FromResult(!app.Get<CircuitCount>().IsEmpty(user.User.Id)),
            "the page is live"
        );

        await app.Get<UserBook>()
            .SetActiveAsync(
                user.User.Id,
                active: false,
                new Actor(boss.User.Id, boss.User.DisplayName),
                TestContext.Current.CancellationToken
            );

        await page.UntilAtAsync("/account/sign-in?returnUrl=");
    }

    private async Task<IPage> PageAsync(
        InboxApp app,
        DeskUser? user = null,
        int width = 1440,
        int height = 900,
        string theme = "light"
    )
    {
        var page = await browser.PageAsync(
            app,
            user,
            options => options.ViewportSize = new ViewportSize { Width = width, Height = height }
        );
        await page.Context.AddCookiesAsync([
            new Cookie
            {
                Name = "theme",
                Value = theme,
                Url = app.Address.ToString(),
            },
        ]);
        return page;
    }

    private static async Task KeepAsync(IPage page, string name)
    {
        if (Pictures is not null)
        {
            var file = string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '-')) + ".png";
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(Pictures, file) }
            );
        }
    }

    private static async Task FillAsync(InboxApp app, DeskUser boss)
    {
        using var manager = await app.UserAsync(Roles.PracticeManager, "Priya Shah");
        using var desk = await app.UserAsync(Roles.FrontDesk, "Maya Chen", SignedIn.Password);
        var by = new Actor(boss.User.Id, boss.User.DisplayName);
        var book = app.Get<UserBook>();
        var cancellation = TestContext.Current.CancellationToken;
        await book.SetActiveAsync(desk.User.Id, active: false, by, cancellation);
        await book.ChangeRoleAsync(manager.User.Id, Roles.FrontDesk, by, cancellation);
        (
            await app.PostWebhookAsync(
                "inbound",
                """{"channel":"sms","message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","message_type":"hologram"}"""
            )
        ).Dispose();
        await using var db = app.Db();
        var line = await db.Lines.SingleAsync(cancellation);
        line.Pause("The account at the carrier has no credit left.");
        await db.SaveChangesAsync(cancellation);
    }
}
