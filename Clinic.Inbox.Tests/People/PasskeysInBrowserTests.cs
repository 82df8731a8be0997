using System.Text.RegularExpressions;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Clinic.Inbox.Tests.People;

/// <summary>
/// Passkeys as a browser makes and proves them: Chromium with an authenticator that the test holds (CDP, WebAuthn). By the
/// name of this machine, since a passkey is bound to a name and never to an address.
/// </summary>
public sealed class PasskeysInBrowserTests(BrowserFixture browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_signs_in_alone_until_it_is_removed()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(name: "Maya Chen", password: SignedIn.Password);
        var page = await WithAuthenticatorAsync(app);
        var home = Home(app);
        await SignInAsync(page, home, user);
        await page.GotoAsync(home + "account/security");

        // A wrong password makes no passkey, neither here nor on the device.
        await AddAsync(page, "not the password");
        await page.GetByText("The password is not right.").WaitForAsync();
        Assert.Equal(0, await PasskeysAsync(app, user));
        await AddAsync(page, SignedIn.Password);
        await page.GetByText("The passkey is added.").WaitForAsync();
        await Assertions
            .Expect(
                page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" })
                    .GetByRole(AriaRole.Listitem)
            )
            .ToHaveCountAsync(SecondFactors.Codes);
        var found = await page.RunAxe();
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(home + "account/sign-in?returnUrl=/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })
            .ClickAsync();
        await page.UntilAtAsync(home + "settings");

        Assert.Equal(1, await PasskeysAsync(app, user));
        await using (var db = app.Db())
        {
            var noted = await db
                .Audit.Where(a => a.Action == "user.signedIn")
                .OrderByDescending(a => a.Id)
                .FirstAsync(Cancellation);
            Assert.Equal(user.User.Id, noted.ActorId);
            Assert.StartsWith("passkey", noted.Detail, StringComparison.Ordinal);
        }
        using var thief = await app.SignedInAsync(user.User.Email!);
        await page.GotoAsync(home + "account/security");
        await page.GetByLabel("Your password, for any change here").FillAsync(SignedIn.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey Front desk PC" })
            .ClickAsync();
        await page.GetByText("opens nothing here any more").WaitForAsync();
        // Nor does what it has opened.
        using var theirs = await thief.Http.GetAsync("settings", Cancellation);
        Assert.Equal("/account/sign-in", theirs.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(0, await PasskeysAsync(app, user));
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(home + "account/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })
            .ClickAsync();
        await page.GetByText("This passkey opened nothing here.").WaitForAsync();
        Assert.Empty(found.Violations.Select(v => v.Id + " " + v.Nodes[0].Html));
    }

    [Fact]
    public async Task After_the_password_only_ones_own_passkey_opens()
    {
        await using var app = await InboxApp.StartAsync();
        using var maya = await app.UserAsync(name: "Maya Chen", password: SignedIn.Password);
        using var sam = await app.UserAsync(name: "Sam Ortiz", password: SignedIn.Password);
        var home = Home(app);
        var mayas = await WithAuthenticatorAsync(app);
        var sams = await WithAuthenticatorAsync(app);
        await AddFirstAsync(mayas, home, maya);
        await AddFirstAsync(sams, home, sam);

        // Sam knows Maya's password and has a passkey of his own.
        await sams.Context.ClearCookiesAsync();
        await SignInAsync(sams, home, maya);
        await sams.UntilAtAsync("/account/second-step");
        await sams.GetByRole(AriaRole.Button, new() { Name = "Use your passkey" }).ClickAsync();
        await sams.GetByRole(AriaRole.Alert)
            .Filter(new() { HasText = "has no passkey" })
            .WaitForAsync();
        // Nor when his browser is made to offer his own: the server knows whose it is.
        await sams.EvaluateAsync(
            "() => { const read = PublicKeyCredential.parseRequestOptionsFromJSON.bind(PublicKeyCredential); PublicKeyCredential.parseRequestOptionsFromJSON = options => ({ ...read(options), allowCredentials: [] }); }"
        );
        await sams.GetByRole(AriaRole.Button, new() { Name = "Use your passkey" }).ClickAsync();
        await sams.GetByText("That was not right.").WaitForAsync();
        await sams.GotoAsync(home + "settings");
        Assert.Contains("/account/sign-in", sams.Url, StringComparison.Ordinal);

        await using (var db = app.Db())
        {
            // Whose app is on: the password alone does not forget earlier typos.
            await db
                .Users.Where(u => u.Id == maya.User.Id)
                .ExecuteUpdateAsync(
                    u =>
                        u.SetProperty(x => x.AccessFailedCount, 4)
                            .SetProperty(x => x.TwoFactorEnabled, true),
                    Cancellation
                );
        }
        await mayas.Context.ClearCookiesAsync();
        await SignInAsync(mayas, home, maya);
        await mayas.GetByRole(AriaRole.Button, new() { Name = "Use your passkey" }).ClickAsync();
        await mayas.UntilAtAsync("/schedule/inbox");
        await using var after = app.Db();
        Assert.Equal(
            0,
            (
                await after.Users.SingleAsync(u => u.Id == maya.User.Id, Cancellation)
            ).AccessFailedCount
        );
    }

    [Fact]
    public async Task A_passkey_whose_owner_was_deactivated_opens_nothing()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(password: SignedIn.Password);
        var home = Home(app);
        var page = await WithAuthenticatorAsync(app);
        await AddFirstAsync(page, home, user);
        await app.Get<UserBook>()
            .SetActiveAsync(
                user.User.Id,
                active: false,
                new Actor(boss.User.Id, boss.User.DisplayName),
                Cancellation
            );

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(home + "account/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })
            .ClickAsync();

        await page.GetByText("This passkey opened nothing here.").WaitForAsync();
    }

    [Fact]
    public async Task Whoever_is_asked_for_a_second_factor_may_make_a_passkey_at_the_door()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        await using (var db = app.Db())
        {
            db.Settings.Add(
                SettingStore.Row(SignInRules.Key, new SignInRules(SecondFactorOf.Everyone))
            );
            await db.SaveChangesAsync(Cancellation);
        }
        var home = Home(app);
        var page = await WithAuthenticatorAsync(app);

        await SignInAsync(page, home, user);
        await page.UntilAtAsync("/account/second-factor");
        var found = await page.RunAxe();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a passkey" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();

        await page.UntilAtAsync("/schedule/inbox");
        Assert.Equal(1, await PasskeysAsync(app, user));
        Assert.Empty(found.Violations.Select(v => v.Id + " " + v.Nodes[0].Html));
    }

    private static string Home(InboxApp app) => $"http://localhost:{app.Address.Port}/";

    private async Task<IPage> WithAuthenticatorAsync(InboxApp app)
    {
        var page = await browser.PageAsync(app);
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
        return page;
    }

    private static async Task AddFirstAsync(IPage page, string home, DeskUser user)
    {
        await SignInAsync(page, home, user);
        await page.GotoAsync(home + "account/security");
        await AddAsync(page, SignedIn.Password);
        await page.GetByText("The passkey is added.").WaitForAsync();
    }

    private static async Task SignInAsync(IPage page, string home, DeskUser user)
    {
        await page.GotoAsync(home + "account/sign-in");
        await page.GetByLabel("Email").FillAsync(user.User.Email!);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(SignedIn.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true })
            .ClickAsync();
        await Assertions
            .Expect(page)
            .Not.ToHaveURLAsync(
                new Regex("/account/sign-in", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
        // A button for a passkey does nothing before the script of the new page runs.
        await page.WaitForLoadStateAsync();
    }

    private static async Task AddAsync(IPage page, string password)
    {
        await page.GetByLabel("Your password, for any change here").FillAsync(password);
        await page.GetByLabel("Name of a new passkey").FillAsync("Front desk PC");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
    }

    private static async Task<int> PasskeysAsync(InboxApp app, DeskUser user)
    {
        await using var db = app.Db();
        return await db.UserPasskeys.CountAsync(p => p.UserId == user.User.Id, Cancellation);
    }
}
