using System.Net;
using System.Security.Claims;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Clinic.Inbox.Tests.Fixtures.SignedIn;

namespace Clinic.Inbox.Tests.People;

/// <summary>
/// Sessions end at once. The rounds in which everything is held against the database come so seldom here that none of
/// these could be the reason.
/// </summary>
public sealed class SessionTests(BrowserFixture browser)
{
    private const string Security = "account/security";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_sees_where_one_is_signed_in_and_ends_it_there_at_once()
    {
        await using var app = await StartAsync();
        using var here = await app.UserAsync(password: SignedIn.Password);
        using var there = app.Visitor();
        there.DefaultRequestHeaders.Add(
            "User-Agent",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"
        );
        (await SignInAsync(there, here)).Dispose();
        Assert.Equal("/settings", await WhereAsync(there));
        var page = await here.Http.GetStringAsync(Security, Cancellation);
        Assert.Contains("Safari on iPhone", page);
        Assert.Contains("This one", page);
        var session = await SessionAsync(app, here, "Safari on iPhone");

        using var ended = await here.Http.SendFormAsync(
            Security,
            "sessions",
            ("Ended.Session", session)
        );

        Assert.DoesNotContain(
            "Safari on iPhone",
            await ended.Content.ReadAsStringAsync(Cancellation)
        );
        Assert.Equal("/account/sign-in", await WhereAsync(there));
        Assert.Equal("/settings", await WhereAsync(here.Http));
        await using var db = app.Db();
        Assert.True(await db.Audit.AnyAsync(a => a.Action == "session.ended", Cancellation));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_somebody_else_but_an_administrator()
    {
        await using var app = await StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var manager = await app.UserAsync(Roles.PracticeManager);
        using var victim = await app.UserAsync();
        var session = Id<UserSession>.Parse(await SessionAsync(app, victim));
        var book = app.Get<SessionBook>();

        // By the form, with an id that was not on it; and by the service itself.
        using var forged = await manager.Http.SendFormAsync(
            Security,
            "sessions",
            ("Ended.Session", session.ToString())
        );
        Assert.False(await book.EndAsync(session, Of(manager), Cancellation));
        Assert.False(
            await book.EndOthersAsync(victim.User.Id, but: null, Of(manager), Cancellation)
        );
        Assert.Equal("/settings", await WhereAsync(victim.Http));

        Assert.True(await book.EndAsync(session, Of(boss), Cancellation));
        Assert.False(await book.EndAsync(session, Of(boss), Cancellation));
        Assert.Equal("/account/sign-in", await WhereAsync(victim.Http));
    }

    [Fact]
    public async Task A_copy_of_the_cookie_opens_nothing_after_signing_out()
    {
        await using var app = await StartAsync();
        using var user = await app.UserAsync();
        var cookies = new CookieContainer();
        cookies.Add(user.Cookie);
        using var tab = app.Visitor(cookies: cookies);
        Assert.Equal("/settings", await WhereAsync(tab));
        var page = await tab.GetStringAsync("settings", Cancellation);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { [Forms.TokenField] = Forms.TokenIn(page) }
        );

        using var answer = await tab.PostAsync("account/sign-out", form, Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/account/sign-in", await WhereAsync(user.Http));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("role")]
    [InlineData("deactivated")]
    public async Task Another_password_or_role_ends_the_others_at_once(string what)
    {
        await using var app = await StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(Roles.PracticeManager, password: SignedIn.Password);
        using var other = await app.SignedInAsync(user.User.Email!);
        Assert.Equal("/settings", await WhereAsync(other.Http));
        var book = app.Get<UserBook>();

        switch (what)
        {
            case "password":
                using (
                    var changed = await user.Http.SendFormAsync(
                        "account/change-password",
                        "change-password",
                        ("Input.Current", SignedIn.Password),
                        ("Input.Password", "another horse battery"),
                        ("Input.Repeated", "another horse battery")
                    )
                )
                {
                    Assert.Equal("/settings", await WhereAsync(user.Http));
                }
                break;
            case "role":
                await book.ChangeRoleAsync(user.User.Id, Roles.FrontDesk, Of(boss), Cancellation);
                break;
            default:
                await book.SetActiveAsync(user.User.Id, active: false, Of(boss), Cancellation);
                break;
        }

        Assert.Equal("/account/sign-in", await WhereAsync(other.Http));
    }

    [Fact]
    public async Task A_cookie_of_no_session_or_of_somebody_elses_opens_nothing()
    {
        await using var app = await StartAsync();
        using var user = await app.UserAsync();
        await using var db = app.Db();
        await db.UserSessions.Where(s => s.UserId == user.User.Id).ExecuteDeleteAsync(Cancellation);

        Assert.Equal("/account/sign-in", await WhereAsync(user.Http));
        using var other = await app.UserAsync();
        using var thief = await app.UserAsync();
        await db
            .UserSessions.Where(s => s.UserId == other.User.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.UserId, thief.User.Id), Cancellation);
        Assert.Equal("/account/sign-in", await WhereAsync(other.Http));
    }

    [Theory]
    [InlineData(false, 13)]
    [InlineData(true, 15 * 24)]
    [InlineData(true, -31 * 24)]
    public async Task A_session_that_rests_too_long_or_lasts_too_long_is_over(bool keep, int hours)
    {
        await using var app = await StartAsync();
        using var user = await app.UserAsync();
        var longAgo = DateTimeOffset.UtcNow.AddHours(-Math.Abs(hours));
        await using var db = app.Db();
        var sessions = db.UserSessions.Where(s => s.UserId == user.User.Id);
        await sessions.ExecuteUpdateAsync(
            s => s.SetProperty(x => x.Keep, keep).SetProperty(x => x.StartedAt, longAgo),
            Cancellation
        );
        if (hours > 0)
        {
            // Not used since.
            await sessions.ExecuteUpdateAsync(
                s => s.SetProperty(x => x.SeenAt, longAgo),
                Cancellation
            );
        }

        Assert.Equal("/account/sign-in", await WhereAsync(user.Http));
        Assert.Empty(await app.Get<SessionBook>().ListAsync(user.User.Id, Cancellation));
    }

    [Fact]
    public async Task Only_what_a_person_does_keeps_a_session_from_resting()
    {
        await using var app = await StartAsync();
        using var user = await app.UserAsync();
        using var other = await app.UserAsync();
        var rested = await RestsAsync(app, user);
        await RestsAsync(app, other);
        var session = Id<UserSession>.Parse(await SessionAsync(app, user));
        var page = new ClaimsPrincipal(
            new ClaimsIdentity([
                new Claim(ClaimTypes.NameIdentifier, user.User.Id),
                new Claim(UserClaims.SessionType, session.ToString()),
            ])
        );

        // The rounds in which open pages are held against the database, and what these ask for by themselves.
        Assert.True(await app.Get<SessionBook>().LooksUpAsync(page, Cancellation));
        (
            await user.Http.PostAsync(
                "_blazor/negotiate?negotiateVersion=1",
                content: null,
                Cancellation
            )
        ).Dispose();
        (await user.Http.GetAsync("attachments/none/thumbnail", Cancellation)).Dispose();
        // What is used later is written down later.
        (await other.Http.GetAsync("settings", Cancellation)).Dispose();
        await UntilUsedAsync(app, other);
        Assert.Equal(rested, await SeenAsync(app, session));

        using var told = await user.Http.GetAsync("account/active", Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        await UntilUsedAsync(app, user);
    }

    [Fact]
    public async Task An_open_page_ends_at_the_sign_in_when_an_administrator_ends_its_session()
    {
        await using var app = await StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(name: "Maya Chen");
        using var other = await app.UserAsync(name: "Priya Shah");
        var desk = await browser.PageAsync(app, user);
        var bystander = await browser.PageAsync(app, other);
        await desk.GoLiveAsync("clients");
        await bystander.GoLiveAsync("clients");
        // Whoever works with a page for long uses the session, though it asks for no other page.
        await RestsAsync(app, other);
        await bystander.EvaluateAsync(
            "() => { const now = Date.now; Date.now = () => now() + 6 * 60000; }"
        );
        await bystander.Keyboard.PressAsync("Shift");
        await UntilUsedAsync(app, other);
        var office = await browser.PageAsync(app, boss);
        await office.GoLiveAsync("settings/users");

        await office
            .GetByRole(
                Microsoft.Playwright.AriaRole.Button,
                new() { Name = "Sessions of Maya Chen" }
            )
            .ClickAsync();
        await office
            .GetByRole(
                Microsoft.Playwright.AriaRole.Button,
                new() { Name = "End the session on Chrome on Linux" }
            )
            .ClickAsync();

        await desk.UntilAtAsync("/account/sign-in?returnUrl=");
        await office.GetByText("Signed in nowhere.").WaitForAsync();
        Assert.EndsWith("/clients", bystander.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circuit_hears_of_its_end_at_once_and_not_of_others()
    {
        await using var app = await StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync();
        var other = Id<UserSession>.Parse(await SessionAsync(app, user));
        var principal = await app.PrincipalAsync(user.User);
        await using var circuit = app.Services.CreateAsyncScope();
        var state = circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)state).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(principal))
        );
        var handler = circuit
            .ServiceProvider.GetServices<CircuitHandler>()
            .OfType<CircuitSession>()
            .Single();
        await handler.OnCircuitOpenedAsync(null!, Cancellation);
        var told = new TaskCompletionSource();
        using var listening = app.Get<Feed>()
            .Subscribe(change =>
            {
                if (change is InboxEvent.SessionsEnded(var whose) && whose == user.User.Id)
                {
                    told.TrySetResult();
                }
            });

        // One of the user's other sessions: the circuit looks, and stays.
        await app.Get<SessionBook>().EndAsync(other, Of(boss), Cancellation);
        await told.Task.WaitAsync(Cancellation);
        Assert.True(await IsInAsync());
        await app.Get<SessionBook>()
            .EndOthersAsync(user.User.Id, but: null, Of(boss), Cancellation);

        await Eventually.IsTrueAsync(async () => !await IsInAsync(), "the circuit is signed out");
        await handler.OnCircuitClosedAsync(null!, Cancellation);

        async Task<bool> IsInAsync() =>
            (await state.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated is true;
    }

    [Fact]
    public async Task The_hub_drops_whoever_is_put_out_at_once()
    {
        await using var app = await StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync();
        var closed = new TaskCompletionSource();
        var cookies = new CookieContainer();
        cookies.Add(user.Cookie);
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "hubs/inbox"), options => options.Cookies = cookies)
            .Build();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync(Cancellation);

        await app.Get<SessionBook>()
            .EndOthersAsync(user.User.Id, but: null, Of(boss), Cancellation);

        await closed.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
    }

    private static Task<InboxApp> StartAsync() =>
        InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new SessionChecks(TimeSpan.FromHours(1)))
        );

    /// <summary>Nobody has used their sessions for a while.</summary>
    private static async Task<DateTimeOffset> RestsAsync(InboxApp app, DeskUser user)
    {
        var since = Micros.ToInstant(Micros.Of(DateTimeOffset.UtcNow.AddMinutes(-10)));
        await using var db = app.Db();
        await db
            .UserSessions.Where(s => s.UserId == user.User.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.SeenAt, since), Cancellation);
        return since;
    }

    private static Task UntilUsedAsync(InboxApp app, DeskUser user) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                var since = DateTimeOffset.UtcNow.AddMinutes(-5);
                await using var db = app.Db();
                return await db.UserSessions.AnyAsync(
                    s => s.UserId == user.User.Id && s.SeenAt > since,
                    Cancellation
                );
            },
            "the session was used"
        );

    private static async Task<DateTimeOffset> SeenAsync(InboxApp app, Id<UserSession> session)
    {
        await using var db = app.Db();
        return await db
            .UserSessions.Where(s => s.Id == session)
            .Select(s => s.SeenAt)
            .SingleAsync(Cancellation);
    }

    private static async Task<string> SessionAsync(
        InboxApp app,
        DeskUser user,
        string? device = null
    )
    {
        var rows = await app.Get<SessionBook>().ListAsync(user.User.Id, Cancellation);
        return rows.Single(s => device is null || s.Device == device).Id;
    }

    private static async Task<string> WhereAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("settings", Cancellation);
        return answer.StatusCode == HttpStatusCode.Redirect
            ? answer.Headers.Location!.AbsolutePath
            : answer.RequestMessage!.RequestUri!.AbsolutePath;
    }

    private static Actor Of(DeskUser user) => new(user.User.Id, user.User.DisplayName);
}
