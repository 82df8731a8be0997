using System.Buffers.Binary;
using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.People;

public sealed class UserBookTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invitation_works_once()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);

        var link = await AddAsync(app, boss, "Dana O'Brien", "dana.o'brien@clinic.test");
        using var browser = app.Visitor();
        using var chosen = await ChooseAsync(browser, link, SignedIn.Password);

        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        using var settings = await browser.GetAsync("settings", Cancellation);
        Assert.Contains(
            "Dana O&#x27;Brien",
            await settings.Content.ReadAsStringAsync(Cancellation)
        );
        using var again = await app.Http.GetAsync(link, Cancellation);
        Assert.Contains("no longer good", await again.Content.ReadAsStringAsync(Cancellation));
        await using var db = app.Db();
        Assert.Equal(
            ["user.added", "user.passwordChosen", "user.signedIn"],
            await db.Audit.OrderBy(a => a.At).Select(a => a.Action).ToListAsync(Cancellation)
        );
    }

    [Fact]
    public async Task A_link_is_good_for_a_day_and_as_it_was_made()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        var link = await AddAsync(app, boss, "Dana Reyes", "dana.reyes@clinic.test");
        var start = link[..(link.IndexOf("&code=", StringComparison.Ordinal) + 6)];
        var code = Uri.UnescapeDataString(link[start.Length..]);

        foreach (
            var (what, bad) in (IEnumerable<(string, string)>)
                [
                    ("made a day ago", Aged(app, code, TimeSpan.FromHours(24.1))),
                    ("empty", ""),
                    ("blank", "  "),
                    ("cut", code[..^8]),
                    ("in small letters", code.ToLowerInvariant()),
                    ("in capitals", code.ToUpperInvariant()),
                    ("no code at all", "x"),
                ]
        )
        {
            Assert.True(await IsShutAsync(start + Uri.EscapeDataString(bad)), what);
        }
        Assert.True(await IsShutAsync(start[..^6]), "without a code");
        Assert.True(await IsShutAsync(link.Replace("user=", "user=x", StringComparison.Ordinal)));
        Assert.True(
            await IsShutAsync(
                $"account/password?user={boss.User.Id}&code={Uri.EscapeDataString(code)}"
            ),
            "somebody else's"
        );
        var almost = start + Uri.EscapeDataString(Aged(app, code, TimeSpan.FromHours(23.9)));
        Assert.False(await IsShutAsync(almost));
        using var chosen = await ChooseAsync(app.Visitor(), almost, SignedIn.Password);
        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);

        async Task<bool> IsShutAsync(string address) =>
            (await app.Http.GetStringAsync(address, Cancellation)).Contains(
                "no longer good",
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task A_reset_link_ends_the_lockout_and_the_old_password_and_sessions()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(password: SignedIn.Password);
        await using (var db = app.Db())
        {
            (await db.Users.SingleAsync(u => u.Id == user.User.Id, Cancellation)).LockoutEnd =
                DateTimeOffset.UtcNow.AddMinutes(5);
            await db.SaveChangesAsync(Cancellation);
        }

        var made = await app.Get<UserBook>().MakeLinkAsync(user.User.Id, Of(boss), Cancellation);
        using var browser = app.Visitor();
        using var chosen = await ChooseAsync(
            browser,
            Assert.IsType<UserLink.Made>(made).Path,
            "another horse battery"
        );

        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        await using var after = app.Db();
        var stored = await after.Users.SingleAsync(u => u.Id == user.User.Id, Cancellation);
        Assert.Null(stored.LockoutEnd);
        Assert.NotEqual(user.User.SecurityStamp, stored.SecurityStamp);
        using var old = await app.Visitor()
            .SendFormAsync(
                "account/sign-in",
                "sign-in",
                ("Input.Email", user.User.Email!),
                ("Input.Password", SignedIn.Password)
            );
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Theory]
    [InlineData("fourteen chars", "at least 15")]
    [InlineData("Summer2026!!!!!", "anybody would guess")]
    [InlineData("123456789012345", "anybody would guess")]
    [InlineData("aaaaaaaaaaaaaaa", "anybody would guess")]
    [InlineData("Dana.Reyes77777", "anybody would guess")]
    public async Task A_password_that_is_guessed_first_is_refused(string password, string why)
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        var link = await AddAsync(app, boss, "Dana Reyes", "dana.reyes@clinic.test");

        using var answer = await ChooseAsync(app.Visitor(), link, password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(Cancellation));
        await using var db = app.Db();
        Assert.Null(
            (
                await db.Users.SingleAsync(u => u.Email == "dana.reyes@clinic.test", Cancellation)
            ).PasswordHash
        );
    }

    [Theory]
    [InlineData("", "dana@clinic.test", "Enter the name")]
    [InlineData("Dana", "not an email", "not an email")]
    [InlineData("Dana", "", "not an email")]
    public async Task What_is_wrong_with_a_new_user_is_said(string name, string email, string why)
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);

        var result = await app.Get<UserBook>()
            .AddAsync(name, email, Roles.FrontDesk, Of(boss), Cancellation);

        Assert.Contains(why, Assert.IsType<UserLink.Refused>(result).Problem);
        await using var db = app.Db();
        Assert.False(await db.Audit.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task Nobody_is_added_twice()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);

        var result = await app.Get<UserBook>()
            .AddAsync(
                "Somebody",
                boss.User.Email!.ToUpperInvariant(),
                Roles.FrontDesk,
                Of(boss),
                Cancellation
            );

        Assert.Contains("already here", Assert.IsType<UserLink.Refused>(result).Problem);
    }

    [Fact]
    public async Task Nobody_lowers_or_shuts_their_own_account()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var other = await app.UserAsync(Roles.Administrator);
        var book = app.Get<UserBook>();

        Assert.Equal(
            UserChange.Yourself,
            await book.ChangeRoleAsync(boss.User.Id, Roles.FrontDesk, Of(boss), Cancellation)
        );
        Assert.Equal(
            UserChange.Yourself,
            await book.SetActiveAsync(boss.User.Id, active: false, Of(boss), Cancellation)
        );
    }

    [Fact]
    public async Task Two_administrators_who_lower_each_other_at_once_leave_one()
    {
        await using var app = await InboxApp.StartAsync();
        using var one = await app.UserAsync(Roles.Administrator);
        using var other = await app.UserAsync(Roles.Administrator);
        var book = app.Get<UserBook>();

        var results = await Task.WhenAll(
            book.ChangeRoleAsync(other.User.Id, Roles.FrontDesk, Of(one), Cancellation),
            book.SetActiveAsync(one.User.Id, active: false, Of(other), Cancellation)
        );

        Assert.Equal([UserChange.Done, UserChange.NotAllowed], results.Order());
        await using var db = app.Db();
        Assert.Equal(
            1,
            await db.Users.CountAsync(u => u.Active && u.Role == Roles.Administrator, Cancellation)
        );
    }

    [Fact]
    public async Task Only_an_administrator_changes_users()
    {
        await using var app = await InboxApp.StartAsync();
        using var manager = await app.UserAsync(Roles.PracticeManager);
        using var user = await app.UserAsync();
        var book = app.Get<UserBook>();

        Assert.Equal(
            UserChange.NotAllowed,
            await book.ChangeRoleAsync(user.User.Id, Roles.Administrator, Of(manager), Cancellation)
        );
        Assert.IsType<UserLink.Refused>(
            await book.MakeLinkAsync(user.User.Id, Of(manager), Cancellation)
        );
        Assert.IsType<UserLink.Refused>(
            await book.AddAsync(
                "X",
                "x@clinic.test",
                Roles.Administrator,
                Of(manager),
                Cancellation
            )
        );
    }

    [Fact]
    public async Task Shutting_an_account_kills_its_links_and_reopening_keeps_its_password()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(password: SignedIn.Password);
        var book = app.Get<UserBook>();
        var link = Assert
            .IsType<UserLink.Made>(await book.MakeLinkAsync(user.User.Id, Of(boss), Cancellation))
            .Path;

        await book.SetActiveAsync(user.User.Id, active: false, Of(boss), Cancellation);
        await book.SetActiveAsync(user.User.Id, active: true, Of(boss), Cancellation);

        var page = await app.Http.GetStringAsync(link, Cancellation);
        Assert.Contains("no longer good", page);
        using var entered = await app.Visitor()
            .SendFormAsync(
                "account/sign-in",
                "sign-in",
                ("Input.Email", user.User.Email!),
                ("Input.Password", SignedIn.Password)
            );
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Fact]
    public async Task Changing_ones_own_password_needs_the_old_one_and_keeps_this_session()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        const string Next = "another horse battery";

        using var wrong = await ChangeAsync("not the password");
        Assert.Contains("not right", await wrong.Content.ReadAsStringAsync(Cancellation));
        using var right = await ChangeAsync(SignedIn.Password);

        Assert.Contains(
            "Your password is changed",
            await right.Content.ReadAsStringAsync(Cancellation)
        );
        using var settings = await user.Http.GetAsync("settings", Cancellation);
        Assert.Equal("/settings", settings.RequestMessage!.RequestUri!.AbsolutePath);

        Task<HttpResponseMessage> ChangeAsync(string current) =>
            user.Http.SendFormAsync(
                "account/change-password",
                "change-password",
                ("Input.Current", current),
                ("Input.Password", Next),
                ("Input.Repeated", Next)
            );
    }

    /// <summary>
    /// The code as if it had been made earlier. Identity looks at no clock but the machine's, so the time is set inside the
    /// code, with the app's own key.
    /// </summary>
    private static string Aged(InboxApp app, string code, TimeSpan age)
    {
        var protector = app.Get<IDataProtectionProvider>()
            .CreateProtector("DataProtectorTokenProvider");
        var inside = protector.Unprotect(Convert.FromBase64String(code));
        BinaryPrimitives.WriteInt64LittleEndian(inside, DateTimeOffset.UtcNow.Subtract(age).Ticks);
        return Convert.ToBase64String(protector.Protect(inside));
    }

    private static Actor Of(DeskUser user) => new(user.User.Id, user.User.DisplayName);

    private static async Task<string> AddAsync(InboxApp app, DeskUser by, string name, string email)
    {
        var result = await app.Get<UserBook>()
            .AddAsync(name, email, Roles.FrontDesk, Of(by), Cancellation);
        return Assert.IsType<UserLink.Made>(result).Path;
    }

    private static Task<HttpResponseMessage> ChooseAsync(
        HttpClient browser,
        string link,
        string password
    ) =>
        browser.SendFormAsync(
            link,
            "choose-password",
            ("Input.Password", password),
            ("Input.Repeated", password)
        );
}
