using System.Net;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.People;

public sealed class SetupTests
{
    private const string Page = "account/setup";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_visit_makes_the_administrator_and_names_the_clinic()
    {
        await using var app = await InboxApp.StartAsync();
        using var browser = app.Visitor();
        using var door = await browser.GetAsync("account/sign-in", Cancellation);
        Assert.EndsWith("/account/setup", door.Headers.Location!.OriginalString);

        // As somebody types it who reads it from a log: small letters, spaces for dashes.
        var typed = app.Get<SetupCode>().Text.ToLowerInvariant().Replace('-', ' ');
        using var answer = await SendAsync(browser, typed);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var users = await browser.GetAsync("settings/users", Cancellation);
        Assert.Equal(HttpStatusCode.OK, users.StatusCode);
        await using var db = app.Db();
        var user = await db.Users.SingleAsync(Cancellation);
        Assert.Equal(Roles.Administrator, user.Role);
        var clinic = await db.ClinicProfiles.SingleAsync(Cancellation);
        Assert.Equal("Lakeside Vets", clinic.Name);
        Assert.Equal("America/Chicago", clinic.TimeZone);
        Assert.Equal(
            ["clinic.setUp", "user.signedIn"],
            await db.Audit.OrderBy(a => a.Id).Select(a => a.Action).ToListAsync(Cancellation)
        );
        var noonInChicago = new DateTimeOffset(2026, 11, 3, 18, 0, 0, TimeSpan.Zero);
        Assert.Equal(12, app.Get<ClinicClock>().Local(noonInChicago).Hour);
    }

    [Fact]
    public async Task A_wrong_code_makes_nobody()
    {
        await using var app = await InboxApp.StartAsync();
        using var browser = app.Visitor();

        using var answer = await SendAsync(browser, "00000-00000-00000-00000");

        Assert.Contains(
            "That is not the code",
            await answer.Content.ReadAsStringAsync(Cancellation)
        );
        await using var db = app.Db();
        Assert.False(await db.Users.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task A_weak_password_keeps_the_code_good()
    {
        await using var app = await InboxApp.StartAsync();
        using var browser = app.Visitor();

        using var weak = await SendAsync(browser, app.Get<SetupCode>().Text, "PASSWORD123456!");
        Assert.Contains("anybody would guess", await weak.Content.ReadAsStringAsync(Cancellation));
        using var answer = await SendAsync(browser, app.Get<SetupCode>().Text);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task The_code_is_good_once_and_the_page_is_gone_afterwards()
    {
        await using var app = await InboxApp.StartAsync();
        using var first = app.Visitor();
        using var second = app.Visitor();
        var code = app.Get<SetupCode>().Text;
        (await SendAsync(first, code)).Dispose();

        Assert.False(app.Get<SetupCode>().Matches(code));
        using var page = await second.GetAsync(Page, Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.EndsWith("/account/sign-in", page.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Two_first_visits_at_once_make_one_administrator()
    {
        await using var app = await InboxApp.StartAsync();
        using var browser = app.Visitor();
        using var other = app.Visitor();
        var code = app.Get<SetupCode>().Text;

        var answers = await Task.WhenAll(
            SendAsync(browser, code),
            SendAsync(other, code, email: "other@lakeside.test")
        );

        Assert.Single(
            answers,
            a =>
                a.StatusCode == HttpStatusCode.Redirect
                && a.Headers.Location!.OriginalString.EndsWith(
                    "/schedule/inbox",
                    StringComparison.Ordinal
                )
        );
        await using var db = app.Db();
        Assert.Equal(1, await db.Users.CountAsync(Cancellation));
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public void Every_start_has_another_code()
    {
        var code = new SetupCode();

        Assert.Matches("^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$", code.Text);
        Assert.True(code.Matches(code.Text));
        Assert.False(new SetupCode().Matches(code.Text));
        Assert.False(code.Matches(null));
        Assert.False(code.Matches(code.Text[..^1]));
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient browser,
        string code,
        string password = SignedIn.Password,
        string email = "sam@lakeside.test"
    ) =>
        browser.SendFormAsync(
            Page,
            "setup",
            ("Input.Code", code),
            ("Input.Clinic", "Lakeside Vets"),
            ("Input.TimeZone", "America/Chicago"),
            ("Input.Name", "Sam Lee"),
            ("Input.Email", email),
            ("Input.Password", password),
            ("Input.Repeated", password)
        );
}
