using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Keeping;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.People;

/// <summary>A clinic that lost its administrators, beside the app that runs.</summary>
public sealed class AdministratorCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_runs_the_server_makes_a_shut_and_locked_account_an_administrator()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using var app = await InboxApp.StartAsync(
            adjust: builder =>
                builder.Services.AddSingleton(new SessionChecks(TimeSpan.FromMilliseconds(100))),
            settings: settings
        );
        using var dana = await app.UserAsync(Roles.FrontDesk, "Dana Reyes", SignedIn.Password);
        await using (var db = app.Db())
        {
            var user = await db.Users.SingleAsync(Cancellation);
            user.Deactivate();
            user.LockoutEnd = DateTimeOffset.UtcNow.AddDays(1);
            user.TwoFactorEnabled = true;
            db.UserPasskeys.Add(
                new IdentityUserPasskey<string>
                {
                    UserId = user.Id,
                    CredentialId = [1, 2, 3],
                    Data = new IdentityPasskeyData { Name = "The phone that is gone" },
                }
            );
            db.UserTokens.Add(
                new IdentityUserToken<string>
                {
                    UserId = user.Id,
                    LoginProvider = SecondFactors.TokenProvider,
                    Name = "AuthenticatorKey",
                    Value = "JBSWY3DPEHPK3PXP",
                }
            );
            await db.SaveChangesAsync(Cancellation);
        }

        var (exit, said) = await RunAsync(app, settings, dana.User.Email!);

        Assert.True(exit == 0, said);
        Assert.Empty(await app.Get<SessionBook>().ListAsync(dana.User.Id, Cancellation));
        var link = new Uri(
            said.Split('\n').Single(line => line.StartsWith("http", StringComparison.Ordinal))
        );
        Assert.Equal(app.Address.Authority, link.Authority);
        using var browser = app.Visitor();
        using var chosen = await ChooseAsync(browser, link);
        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        using var users = await browser.GetAsync("settings/users", Cancellation);
        Assert.Equal(HttpStatusCode.OK, users.StatusCode);
        await using (var db = app.Db())
        {
            var user = await db.Users.AsNoTracking().SingleAsync(Cancellation);
            Assert.Equal(
                (Roles.Administrator, true, false),
                (user.Role, user.Active, user.TwoFactorEnabled)
            );
            Assert.False(await db.UserPasskeys.AnyAsync(Cancellation));
            Assert.False(
                await db.UserTokens.AnyAsync(t => t.Name == "AuthenticatorKey", Cancellation)
            );
            var noted = await db.Audit.SingleAsync(a => a.Action == "user.restored", Cancellation);
            Assert.Equal(
                ("The server's console", "Dana Reyes, Administrator"),
                (noted.ActorName, noted.Detail)
            );
        }
        // The session of before is over, and the link opens nothing more.
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var before = await dana.Http.GetAsync("settings", Cancellation);
                return before.RequestMessage!.RequestUri!.AbsolutePath == "/account/sign-in";
            },
            "the session of before is over"
        );
        using var stranger = app.Visitor();
        var again = await stranger.GetStringAsync(link, Cancellation);
        Assert.Contains("This link is no longer good", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_email_that_nobody_has_becomes_a_new_administrator()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using var app = await InboxApp.StartAsync(settings: settings);
        using var gone = await app.UserAsync(Roles.Administrator);

        var (exit, said) = await RunAsync(app, settings, "sam@lakeside.test");
        var (wrong, _) = await RunAsync(app, settings, "sam");

        Assert.True(exit == 0, said);
        Assert.Equal(2, wrong);
        Assert.Contains("a new account", said, StringComparison.Ordinal);
        await using var db = app.Db();
        var sam = await db.Users.SingleAsync(u => u.Email == "sam@lakeside.test", Cancellation);
        Assert.Equal(
            (Roles.Administrator, "sam", null),
            (sam.Role, sam.DisplayName, sam.PasswordHash)
        );
        Assert.Equal(2, await db.Users.CountAsync(Cancellation));
    }

    private static Task<(int Exit, string Said)> RunAsync(
        InboxApp app,
        (string Key, string Value)[] settings,
        string email
    ) =>
        CommandProcess.RunAsync(
            [.. settings, ("PublicUrl", app.Address.ToString())],
            "administrator",
            email
        );

    private static Task<HttpResponseMessage> ChooseAsync(HttpClient browser, Uri link) =>
        browser.SendFormAsync(
            link.PathAndQuery.TrimStart('/'),
            "choose-password",
            ("Input.Password", SignedIn.Password + " new"),
            ("Input.Repeated", SignedIn.Password + " new")
        );
}
