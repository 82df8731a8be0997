using System.Net;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Clinic.Inbox.Tests.Fixtures.SignedIn;

namespace Clinic.Inbox.Tests.People;

public sealed class SignInTests
{
    private const string Page = "account/sign-in";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_opens_the_page_that_was_asked_for()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var asked = await browser.GetAsync("settings?tab=1", Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        using var answer = await SignInAsync(
            browser,
            user.User.Email!,
            SignedIn.Password,
            asked.Headers.Location!.PathAndQuery.TrimStart('/')
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/settings?tab=1", answer.Headers.Location!.OriginalString);
        using var settings = await browser.GetAsync("settings", Cancellation);
        Assert.Equal(HttpStatusCode.OK, settings.StatusCode);
        Assert.Contains(
            user.User.DisplayName,
            await settings.Content.ReadAsStringAsync(Cancellation)
        );
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var answer = await SignInAsync(browser, user.User.Email!, SignedIn.Password);

        var cookie = answer
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("inbox=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Behind_https_the_cookie_is_bound_to_this_host()
    {
        await using var app = await InboxApp.StartAsync(
            settings: ("PublicUrl", "https://inbox.clinic.example")
        );
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var answer = await SignInAsync(browser, user.User.Email!, SignedIn.Password);

        var cookie = answer
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("__Host-inbox=", StringComparison.Ordinal));
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_person_get_the_same_words()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var wrong = await SignInAsync(browser, user.User.Email!, "not the password");
        using var unknown = await SignInAsync(browser, "nobody@clinic.test", "not the password");

        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        var words = Alert(await wrong.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("match", words);
        Assert.Equal(words, Alert(await unknown.Content.ReadAsStringAsync(Cancellation)));
        Assert.False(wrong.Headers.Contains("Set-Cookie") && HasSession(wrong));
    }

    [Fact]
    public async Task Strangers_who_try_many_emails_do_not_fill_the_audit_log()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync();
        using var browser = app.Visitor();
        // Two customers: one with all the addresses of their network, one with an address.
        foreach (var (last, n) in "012345".Select((c, i) => (c, i)))
        {
            browser.DefaultRequestHeaders.Remove("X-Forwarded-For");
            browser.DefaultRequestHeaders.Add(
                "X-Forwarded-For",
                n % 2 == 0 ? $"2001:db8:1:2::{last}" : "203.0.113.7"
            );
            (await SignInAsync(browser, $"nobody{n}@clinic.test", "not the password")).Dispose();
        }

        await using var db = app.Db();
        var noted = await db
            .Audit.Where(a => a.ActorId == "stranger")
            .Select(a => a.Detail)
            .ToListAsync(Cancellation);
        // An hour may have begun meanwhile.
        Assert.InRange(noted.Count, 2, 4);
        Assert.Contains("password, from 203.0.113.7; once an hour", noted);
        Assert.Contains(
            "clinic_sign_in_strangers_total{",
            await app.Http.GetStringAsync("metrics", Cancellation)
        );
    }

    [Fact]
    public async Task After_five_wrong_tries_even_the_right_password_waits()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(browser, user.User.Email!, "not the password")).Dispose();
        }

        using var answer = await SignInAsync(browser, user.User.Email!, SignedIn.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(HasSession(answer));
        await using (var db = app.Db())
        {
            Assert.True(await db.Audit.AnyAsync(a => a.Action == "user.lockedOut", Cancellation));
            await db
                .Users.Where(u => u.Id == user.User.Id)
                .ExecuteUpdateAsync(
                    u => u.SetProperty(x => x.LockoutEnd, DateTimeOffset.UtcNow.AddMinutes(-1)),
                    Cancellation
                );
        }
        using var later = await SignInAsync(browser, user.User.Email!, SignedIn.Password);
        Assert.True(HasSession(later));
    }

    [Fact]
    public async Task A_deactivated_user_cannot_sign_in()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        await using (var db = app.Db())
        {
            (await db.Users.SingleAsync(Cancellation)).Active = false;
            await db.SaveChangesAsync(Cancellation);
        }
        using var browser = app.Visitor();

        using var answer = await SignInAsync(browser, user.User.Email!, SignedIn.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(HasSession(answer));
    }

    [Fact]
    public async Task A_deactivated_user_is_put_out_at_the_next_check()
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new SessionChecks(TimeSpan.FromMilliseconds(1)))
        );
        using var user = await app.UserAsync();
        Assert.Equal(
            HttpStatusCode.OK,
            (await user.Http.GetAsync("settings", Cancellation)).StatusCode
        );
        await using (var db = app.Db())
        {
            (await db.Users.SingleAsync(Cancellation)).Active = false;
            await db.SaveChangesAsync(Cancellation);
        }

        using var answer = await user.Http.GetAsync("settings", Cancellation);

        Assert.Equal("/account/sign-in", answer.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    public async Task Signing_in_never_leads_to_another_site(string returnUrl)
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var answer = await SignInAsync(
            browser,
            user.User.Email!,
            SignedIn.Password,
            $"{Page}?returnUrl={Uri.EscapeDataString(returnUrl)}"
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(
            new Uri(app.Address, "schedule/inbox"),
            new Uri(app.Address, answer.Headers.Location!)
        );
    }

    [Fact]
    public async Task A_form_from_elsewhere_signs_nobody_in()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["_handler"] = "sign-in",
                ["Input.Email"] = user.User.Email!,
                ["Input.Password"] = SignedIn.Password,
            }
        );

        using var answer = await browser.PostAsync(Page, content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(HasSession(answer));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_needs_our_own_form()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();
        var cookies = new CookieContainer();
        cookies.Add(user.Cookie);
        using var browser = app.Visitor(cookies: cookies);

        using var forged = await browser.PostAsync("account/sign-out", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var answer = await browser.PostAsync(
            "account/sign-out",
            await TokenAsync(browser),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var after = await browser.GetAsync("settings", Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task The_thirty_first_try_of_a_minute_is_refused()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();
        using var browser = app.Visitor();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 31; i++)
        {
            last?.Dispose();
            last = await browser.PostAsync(Page, content: null, Cancellation);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last!.StatusCode);
        Assert.Contains("Too many tries", await last.Content.ReadAsStringAsync(Cancellation));
        using var look = await browser.GetAsync(Page, Cancellation);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        last.Dispose();
    }

    [Fact]
    public async Task The_demo_sign_ins_stand_there_only_in_the_demo_clinic()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();

        var page = await app.Http.GetStringAsync(Page, Cancellation);

        Assert.DoesNotContain("demo.clinic", page);
    }

    private static async Task<FormUrlEncodedContent> TokenAsync(HttpClient browser)
    {
        var page = await browser.GetStringAsync("settings", Cancellation);
        return new FormUrlEncodedContent(
            new Dictionary<string, string> { [Forms.TokenField] = Forms.TokenIn(page) }
        );
    }

    private static bool HasSession(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies)
        && cookies.Any(c =>
            c.StartsWith("inbox=", StringComparison.Ordinal)
            && !c.StartsWith("inbox=;", StringComparison.Ordinal)
        );

    private static string Alert(string page)
    {
        var from = page.IndexOf("role=\"alert\"", StringComparison.Ordinal);
        Assert.True(from > 0, "No alert on the page.");
        return page[from..page.IndexOf("</div>", from, StringComparison.Ordinal)];
    }
}
