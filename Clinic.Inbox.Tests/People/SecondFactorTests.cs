using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Fixtures.SignedIn;

namespace Clinic.Inbox.Tests.People;

public sealed partial class SecondFactorTests
{
    private const string SetUp = "account/second-factor";
    private const string Step = "account/second-step";
    private const string Security = "account/security";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_authenticator_app_is_on_once_a_code_of_it_was_typed()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var elsewhere = await app.SignedInAsync(user.User.Email!);
        // Also one that began with a passkey: its cookie dies with the stamp, and so it is shown no more.
        await using (var before = app.Db())
        {
            var there = await before
                .UserSessions.OrderByDescending(s => s.Id)
                .Select(s => s.Id)
                .FirstAsync(Cancellation);
            await before
                .UserSessions.Where(s => s.Id == there)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(x => x.Factors, SignInFactors.Passkey),
                    Cancellation
                );
        }
        var page = await user.Http.GetStringAsync(SetUp, Cancellation);
        var phone = AuthenticatorApp.Scan(page);
        Assert.Contains("data:image/svg+xml;base64,", WebUtility.HtmlDecode(page));

        using var wrongCode = await TurnOnAsync(user.Http, phone.WrongCode());
        using var wrongPassword = await TurnOnAsync(user.Http, phone.Code(), "not the password");
        Assert.Contains("code of this moment", await TextAsync(wrongCode));
        Assert.Contains("not right", await TextAsync(wrongPassword));
        Assert.False(await HasAppAsync(app, user));
        using var right = await TurnOnAsync(user.Http, phone.Code());

        Assert.Equal(SecondFactors.Codes, Codes(await TextAsync(right)).Count);
        Assert.True(await HasAppAsync(app, user));
        Assert.Equal("/settings", await WhereAsync(user.Http));
        Assert.Single(await app.Get<SessionBook>().ListAsync(user.User.Id, Cancellation));
        await using var db = app.Db();
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "user.appAdded", Cancellation));
        // A page that was opened when it is on gives the key away no more.
        var again = await user.Http.GetStringAsync(SetUp, Cancellation);
        Assert.DoesNotContain("Key to type", again);
    }

    [Fact]
    public async Task The_password_alone_opens_nothing_then()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, _, _) = await WithAppAsync(app);
        using var browser = app.Visitor();

        using var answer = await SignInAsync(browser, user, "/settings/nowhere");

        Assert.StartsWith(
            "/" + Step,
            new Uri(app.Address, answer.Headers.Location!).AbsolutePath,
            StringComparison.Ordinal
        );
        foreach (var path in (string[])["settings", "schedule/inbox", Security])
        {
            using var closed = await browser.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
            Assert.Equal("/account/sign-in", closed.Headers.Location!.AbsolutePath);
        }
        // Nor does the page that sets one up: it would be a way around.
        using var around = await browser.GetAsync(SetUp, Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, around.StatusCode);
        user.Dispose();
    }

    [Fact]
    public async Task The_code_opens_and_each_code_once()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, phone, _) = await WithAppAsync(app);
        using var browser = app.Visitor();
        using var thief = app.Visitor();
        (await SignInAsync(browser, user, "/settings")).Dispose();
        (await SignInAsync(thief, user, "/settings")).Dispose();

        using var wrong = await CodeAsync(browser, phone.WrongCode());
        Assert.Contains("not right", await TextAsync(wrong));
        // The one after this: that of the moment was used to turn the app on.
        var code = phone.Code(step: 1);
        using var right = await CodeAsync(browser, code);
        using var seen = await CodeAsync(thief, code);

        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Equal("/settings", await WhereAsync(browser));
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        Assert.Equal("/account/sign-in", await WhereAsync(thief));
        await using var db = app.Db();
        var noted = await db.Audit.SingleAsync(
            a => a.Action == "user.signedIn" && a.ActorId == user.User.Id,
            Cancellation
        );
        Assert.StartsWith("password and code", noted.Detail, StringComparison.Ordinal);
        user.Dispose();
    }

    [Fact]
    public async Task Whoever_came_half_way_with_a_password_that_was_changed_since_comes_no_further()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, phone, _) = await WithAppAsync(app);
        using var thief = app.Visitor();
        (await SignInAsync(thief, user, "/settings")).Dispose();
        var step = await thief.GetStringAsync(Step, Cancellation);
        using var changed = await user.Http.SendFormAsync(
            "account/change-password",
            "change-password",
            ("Input.Current", SignedIn.Password),
            ("Input.Password", "another horse battery"),
            ("Input.Repeated", "another horse battery")
        );
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        using var code = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["_handler"] = "code",
                [Forms.TokenField] = Forms.TokenIn(step),
                ["Input.Code"] = phone.Code(step: 1),
            }
        );
        using var answer = await thief.PostAsync(Step, code, Cancellation);

        Assert.Equal("/account/sign-in", await WhereAsync(thief));
        user.Dispose();
    }

    [Fact]
    public async Task What_a_browser_carries_between_the_steps_no_script_and_no_other_site_sees()
    {
        await using var app = await InboxApp.StartAsync(
            settings: ("PublicUrl", "https://inbox.clinic.example")
        );
        using var user = await app.UserAsync(password: SignedIn.Password);
        await using (var db = app.Db())
        {
            await db
                .Users.Where(u => u.Id == user.User.Id)
                .ExecuteUpdateAsync(
                    u => u.SetProperty(x => x.TwoFactorEnabled, true),
                    Cancellation
                );
        }
        using var browser = app.Visitor();
        var page = await browser.GetStringAsync("account/sign-in", Cancellation);
        using var sealedForm = new FormUrlEncodedContent(
            new Dictionary<string, string> { [Forms.TokenField] = Forms.TokenIn(page) }
        );

        using var asked = await browser.PostAsync(
            "account/passkey/request-options",
            sealedForm,
            Cancellation
        );
        using var half = await SignInAsync(browser, user, "/settings");

        AssertHidden(asked, "__Host-inbox-passkey=");
        AssertHidden(half, "__Host-inbox-step=");
        // A device that is only touched would be one factor.
        using var options = JsonDocument.Parse(await asked.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("required", options.RootElement.GetProperty("userVerification").GetString());

        static void AssertHidden(HttpResponseMessage answer, string start)
        {
            var marks = answer
                .Headers.GetValues("Set-Cookie")
                .Single(c => c.StartsWith(start, StringComparison.Ordinal))
                .Split(';', StringSplitOptions.TrimEntries)
                .Select(mark => mark.ToLowerInvariant())
                .ToList();
            Assert.Contains("httponly", marks);
            Assert.Contains("secure", marks);
            Assert.Contains("samesite=strict", marks);
        }
    }

    [Fact]
    public async Task Of_two_who_use_a_code_at_the_same_moment_one_comes_in()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, phone, _) = await WithAppAsync(app);
        var browsers = Enumerable.Range(0, 4).Select(_ => app.Visitor()).ToList();
        foreach (var browser in browsers)
        {
            (await SignInAsync(browser, user, "/settings")).Dispose();
        }
        var code = phone.Code(step: 1);

        await Task.WhenAll(
            browsers.Select(async browser => (await CodeAsync(browser, code)).Dispose())
        );

        var inside = 0;
        foreach (var browser in browsers)
        {
            inside += await WhereAsync(browser) == "/settings" ? 1 : 0;
            browser.Dispose();
        }
        Assert.Equal(1, inside);
        user.Dispose();
    }

    [Fact]
    public async Task A_recovery_code_opens_once_and_new_ones_replace_it()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, _, codes) = await WithAppAsync(app);
        using var browser = app.Visitor();
        using var second = app.Visitor();
        using var third = app.Visitor();

        using var typed = await RecoverAsync(browser, codes[0].ToLowerInvariant());
        using var again = await RecoverAsync(second, codes[0]);
        using var made = await browser.SendFormAsync(
            Security,
            "factors",
            ("Input.Act", "new-codes"),
            ("Input.Current", SignedIn.Password)
        );
        var fresh = Codes(await TextAsync(made));
        using var old = await RecoverAsync(third, codes[1]);

        Assert.Equal(HttpStatusCode.Redirect, typed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(SecondFactors.Codes, fresh.Count);
        Assert.Empty(fresh.Intersect(codes, StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        user.Dispose();

        async Task<HttpResponseMessage> RecoverAsync(HttpClient who, string code)
        {
            (await SignInAsync(who, user, "/settings")).Dispose();
            return await who.SendFormAsync(Step, "recovery", ("Recovery.Code", code));
        }
    }

    [Fact]
    public async Task Five_wrong_codes_lock_the_account_also_for_the_right_one()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, phone, codes) = await WithAppAsync(app);
        using var browser = app.Visitor();
        (await SignInAsync(browser, user, "/settings")).Dispose();

        for (var i = 0; i < 5; i++)
        {
            (await CodeAsync(browser, phone.WrongCode())).Dispose();
        }
        using var right = await CodeAsync(browser, phone.Code(step: 1));
        using var recovery = await browser.SendFormAsync(
            Step,
            "recovery",
            ("Recovery.Code", codes[0])
        );

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.OK, recovery.StatusCode);
        Assert.Equal("/account/sign-in", await WhereAsync(browser));
        await using var db = app.Db();
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "user.lockedOut", Cancellation));
        user.Dispose();
    }

    [Fact]
    public async Task A_reset_link_replaces_the_password_and_not_the_second_factor()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        var (user, _, _) = await WithAppAsync(app);
        var link = Assert
            .IsType<UserLink.Made>(
                await app.Get<UserBook>().MakeLinkAsync(user.User.Id, Of(boss), Cancellation)
            )
            .Path;
        using var browser = app.Visitor();

        using var chosen = await browser.SendFormAsync(
            link,
            "choose-password",
            ("Input.Password", "another horse battery"),
            ("Input.Repeated", "another horse battery")
        );

        Assert.Equal("/" + Step, new Uri(app.Address, chosen.Headers.Location!).AbsolutePath);
        Assert.Equal("/account/sign-in", await WhereAsync(browser));
        user.Dispose();
    }

    [Fact]
    public async Task Whoever_is_asked_for_one_sets_it_up_before_anything_opens()
    {
        await using var app = await InboxApp.StartAsync();
        await AskAsync(app, SecondFactorOf.Everyone);
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var first = await SignInAsync(browser, user, "/settings");
        Assert.Equal("/" + SetUp, new Uri(app.Address, first.Headers.Location!).AbsolutePath);
        Assert.Equal("/account/sign-in", await WhereAsync(browser));
        var (code, page) = await CodeOfThePageAsync(browser);
        var phone = AuthenticatorApp.Scan(page);
        using var wrong = await SendAsync(browser, page, phone.WrongCode());
        Assert.Contains("code of this moment", await TextAsync(wrong));
        Assert.Equal("/account/sign-in", await WhereAsync(browser));
        // Where the page leads on to is said by the address, which anybody could have written.
        using var right = await SendAsync(
            browser,
            page,
            code,
            path: SetUp + "?returnUrl=%2F%2Fevil.example"
        );
        var done = await TextAsync(right);
        Assert.Equal(SecondFactors.Codes, Codes(done).Count);
        Assert.Contains("href=\"/schedule/inbox\"", done);
        Assert.DoesNotContain("evil.example", done);
        Assert.Equal("/settings", await WhereAsync(browser));
    }

    [Fact]
    public async Task Asking_for_it_ends_sessions_that_began_with_a_password_alone()
    {
        await using var app = await InboxApp.StartAsync();
        using var plain = await app.UserAsync(Roles.Administrator);
        using var desk = await app.UserAsync();
        var book = app.Get<SignInRulesBook>();

        Assert.Equal(
            RulesResult.FirstYourself,
            await book.SaveAsync(
                new SignInRules(SecondFactorOf.Administrators),
                Of(plain),
                Cancellation
            )
        );
        Assert.Equal(
            RulesResult.NotAllowed,
            await book.SaveAsync(new SignInRules(SecondFactorOf.Nobody), Of(desk), Cancellation)
        );
        await AskAsync(app, SecondFactorOf.Managers);

        Assert.Equal("/account/sign-in", await WhereAsync(plain.Http));
        Assert.Equal("/settings", await WhereAsync(desk.Http));
    }

    [Fact]
    public async Task The_last_one_stays_while_it_is_asked_for()
    {
        await using var app = await InboxApp.StartAsync();
        var (user, _, _) = await WithAppAsync(app);
        await AskAsync(app, SecondFactorOf.Everyone);

        using var kept = await TurnOffAsync();
        Assert.Contains("Set up another one", await TextAsync(kept));
        Assert.True(await HasAppAsync(app, user));
        await AskAsync(app, SecondFactorOf.Nobody);
        using var off = await TurnOffAsync();

        Assert.Contains("is off", await TextAsync(off));
        Assert.False(await HasAppAsync(app, user));
        Assert.Equal("/settings", await WhereAsync(user.Http));
        await using var db = app.Db();
        Assert.False(
            await db.UserTokens.AnyAsync(t => t.UserId == user.User.Id, Cancellation),
            "Key and recovery codes are gone."
        );
        user.Dispose();

        Task<HttpResponseMessage> TurnOffAsync() =>
            user.Http.SendFormAsync(
                Security,
                "factors",
                ("Input.Act", "app-off"),
                ("Input.Current", SignedIn.Password)
            );
    }

    [Fact]
    public async Task An_administrator_forgets_the_factor_of_who_lost_the_phone()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var desk = await app.UserAsync();
        var (user, _, _) = await WithAppAsync(app);
        var book = app.Get<UserBook>();

        Assert.Equal(
            UserChange.NotAllowed,
            await book.ForgetFactorsAsync(user.User.Id, Of(desk), Cancellation)
        );
        Assert.Equal(
            UserChange.Yourself,
            await book.ForgetFactorsAsync(boss.User.Id, Of(boss), Cancellation)
        );
        Assert.Equal(
            UserChange.Done,
            await book.ForgetFactorsAsync(user.User.Id, Of(boss), Cancellation)
        );

        Assert.Equal("/account/sign-in", await WhereAsync(user.Http));
        using var browser = app.Visitor();
        (await SignInAsync(browser, user, "/settings")).Dispose();
        Assert.Equal("/settings", await WhereAsync(browser));
        user.Dispose();
    }

    /// <summary>Somebody with an authenticator app, signed in, and their recovery codes.</summary>
    private static async Task<(
        DeskUser User,
        AuthenticatorApp Phone,
        IReadOnlyList<string> Codes
    )> WithAppAsync(InboxApp app, string role = Roles.FrontDesk)
    {
        var user = await app.UserAsync(role, password: SignedIn.Password);
        var (code, page) = await CodeOfThePageAsync(user.Http);
        using var on = await SendAsync(user.Http, page, code, SignedIn.Password);
        return (user, AuthenticatorApp.Scan(page), Codes(await TextAsync(on)));
    }

    private static async Task AskAsync(InboxApp app, SecondFactorOf whom)
    {
        var (boss, _, _) = await WithAppAsync(app, Roles.Administrator);
        Assert.Equal(
            RulesResult.Done,
            await app.Get<SignInRulesBook>()
                .SaveAsync(new SignInRules(whom), Of(boss), Cancellation)
        );
        boss.Dispose();
    }

    private static async Task<(string Code, string Page)> CodeOfThePageAsync(HttpClient browser)
    {
        var page = await browser.GetStringAsync(SetUp, Cancellation);
        return (AuthenticatorApp.Scan(page).Code(), page);
    }

    /// <summary>Sends the form of a page that is open, without opening it anew.</summary>
    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient browser,
        string page,
        string code,
        string? password = null,
        string path = SetUp
    )
    {
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["_handler"] = "app",
                [Forms.TokenField] = Forms.TokenIn(page),
                ["Input.Code"] = code,
                ["Input.Current"] = password ?? "",
            }
        );
        return await browser.PostAsync(path, content, Cancellation);
    }

    private static async Task<HttpResponseMessage> TurnOnAsync(
        HttpClient browser,
        string code,
        string password = SignedIn.Password
    )
    {
        // The token of any page of ours serves; this one makes no new key.
        var page = await browser.GetStringAsync("account/change-password", Cancellation);
        return await SendAsync(browser, page, code, password);
    }

    private static Task<HttpResponseMessage> CodeAsync(HttpClient browser, string code) =>
        browser.SendFormAsync($"{Step}?returnUrl=%2Fsettings", "code", ("Input.Code", code));

    /// <summary>Where somebody lands who wants the settings.</summary>
    private static async Task<string> WhereAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("settings", Cancellation);
        return answer.StatusCode == HttpStatusCode.Redirect
            ? answer.Headers.Location!.AbsolutePath
            : answer.RequestMessage!.RequestUri!.AbsolutePath;
    }

    private static async Task<bool> HasAppAsync(InboxApp app, DeskUser user)
    {
        await using var db = app.Db();
        return (
            await db.Users.SingleAsync(u => u.Id == user.User.Id, Cancellation)
        ).TwoFactorEnabled;
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation));

    private static List<string> Codes(string page) =>
        [.. Recovery().Matches(page).Select(match => match.Groups["code"].Value)];

    private static Actor Of(DeskUser user) => new(user.User.Id, user.User.DisplayName);

    [GeneratedRegex(
        "<li>(?<code>[A-Z0-9]{5}-[A-Z0-9]{5})</li>",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Recovery();
}
