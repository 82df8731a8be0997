using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.People;

public sealed class AccessTests
{
    private static readonly (string Page, string LeastRole)[] Pages =
    [
        ("settings", Roles.FrontDesk),
        ("account/change-password", Roles.FrontDesk),
        ("account/security", Roles.FrontDesk),
        ("reminders", Roles.FrontDesk),
        ("settings/clinic", Roles.PracticeManager),
        ("settings/inventory-items", Roles.PracticeManager),
        ("settings/inventory-items/new", Roles.PracticeManager),
        ("settings/hours", Roles.PracticeManager),
        ("settings/consent", Roles.PracticeManager),
        ("consent/review", Roles.PracticeManager),
        ("settings/auto-response", Roles.PracticeManager),
        ("settings/add-ons", Roles.PracticeManager),
        ("settings/usage", Roles.PracticeManager),
        ("settings/statements/2026-11", Roles.PracticeManager),
        ("settings/forms", Roles.PracticeManager),
        ("settings/forms/new", Roles.PracticeManager),
        ("settings/library", Roles.PracticeManager),
        ("settings/lines", Roles.Administrator),
        ("settings/users", Roles.Administrator),
        ("settings/api-keys", Roles.Administrator),
        ("settings/data", Roles.Administrator),
        ("settings/quarantine", Roles.Administrator),
        ("settings/audit", Roles.Administrator),
        ("settings/audit.csv", Roles.Administrator),
        ("settings/sign-in", Roles.Administrator),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_page_opens_for_its_roles_and_for_nobody_else()
    {
        await using var app = await InboxApp.StartAsync();
        using var stranger = app.Visitor();
        foreach (var (page, leastRole) in Pages)
        {
            using var turnedAway = await stranger.GetAsync(page, Cancellation);
            Assert.Equal(HttpStatusCode.Redirect, turnedAway.StatusCode);
            Assert.Equal("/account/sign-in", turnedAway.Headers.Location!.AbsolutePath);
            foreach (var role in Roles.All)
            {
                using var user = await app.UserAsync(role);
                using var answer = await user.Http.GetAsync(page, Cancellation);
                var expected = Roles.AtLeast(leastRole).Contains(role)
                    ? (HttpStatusCode.OK, "/" + page)
                    : (HttpStatusCode.Forbidden, "/account/denied");
                Assert.Equal(
                    expected,
                    (answer.StatusCode, answer.RequestMessage!.RequestUri!.AbsolutePath)
                );
            }
        }
    }

    [Fact]
    public async Task The_index_shows_only_what_the_role_may_open()
    {
        await using var app = await InboxApp.StartAsync();
        using var desk = await app.UserAsync(Roles.FrontDesk);
        using var boss = await app.UserAsync(Roles.Administrator);

        var atDesk = await desk.Http.GetStringAsync("settings", Cancellation);
        var atBoss = await boss.Http.GetStringAsync("settings", Cancellation);

        Assert.DoesNotContain("href=\"/settings/", atDesk);
        Assert.Contains("href=\"/settings/users\"", atBoss);
        Assert.Contains("href=\"/settings/api-keys\"", atBoss);
    }

    [Fact]
    public async Task What_is_open_to_strangers_is_this_and_nothing_more()
    {
        await using var app = await ProductionTests.StartAsync();

        var open = app.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>()
                    is not null
            )
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => !IsStaticAsset(path))
            .ToHashSet(StringComparer.Ordinal);

        string[] allowed =
        [
            "/account/",
            "/error/",
            "/not-found",
            "/webhooks/vonage/",
            "/health/",
            "/media/",
            "/metrics",
            "/openapi/",
            "/docs/api",
            "/embed/",
            "/v/",
            "/d/",
            "/opt-in",
        ];
        Assert.All(
            open,
            path =>
                Assert.Contains(allowed, start => path.StartsWith(start, StringComparison.Ordinal))
        );
        Assert.Contains("/webhooks/vonage/inbound", open);
    }

    [Fact]
    public async Task Strangers_get_styles_and_scripts_but_no_circuit()
    {
        await using var app = await ProductionTests.StartAsync();
        using var user = await app.UserAsync();

        foreach (
            var open in (string[])["css/app.css", "_framework/blazor.web.js", "img/favicon.svg"]
        )
        {
            using var answer = await app.Http.GetAsync(open, Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        using var strangers = await NegotiateAsync(app.Http);
        using var ours = await NegotiateAsync(user.Http);

        Assert.Equal(HttpStatusCode.Unauthorized, strangers.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ours.StatusCode);

        static Task<HttpResponseMessage> NegotiateAsync(HttpClient http) =>
            http.PostAsync("_blazor/negotiate?negotiateVersion=1", content: null, Cancellation);
    }

    [Fact]
    public async Task Programs_get_a_status_where_people_get_a_page()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();
        using var stranger = app.Visitor();

        using var api = await stranger.GetAsync("api/v1/nothing-here", Cancellation);
        using var hub = await stranger.GetAsync("hubs/nothing-here", Cancellation);
        user.Http.DefaultRequestHeaders.Add("Accept", "text/html");
        using var page = await user.Http.GetAsync("nothing-here", Cancellation);
        using var bare = await user.Http.GetAsync("api/v1/nothing-here", Cancellation);

        Assert.True(api.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Unauthorized, hub.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains(
            "There is nothing here",
            await page.Content.ReadAsStringAsync(Cancellation)
        );
        Assert.Equal(HttpStatusCode.NotFound, bare.StatusCode);
        Assert.DoesNotContain("<html", await bare.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_open_circuit_loses_its_session_when_its_user_does(bool byRole)
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new SessionChecks(TimeSpan.FromMilliseconds(100)))
        );
        using var boss = await app.UserAsync(Roles.Administrator);
        using var user = await app.UserAsync(Roles.PracticeManager);
        await using var circuit = app.Services.CreateAsyncScope();
        var session = circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        var principal = await app.PrincipalAsync(user.User);
        ((IHostEnvironmentAuthenticationStateProvider)session).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(principal))
        );
        Assert.True((await session.GetAuthenticationStateAsync()).User.Identity!.IsAuthenticated);

        var by = new Actor(boss.User.Id, boss.User.DisplayName);
        var book = app.Get<UserBook>();
        await (
            byRole
                ? book.ChangeRoleAsync(user.User.Id, Roles.FrontDesk, by, Cancellation)
                : book.SetActiveAsync(user.User.Id, active: false, by, Cancellation)
        );

        await Eventually.IsTrueAsync(
            async () =>
                (await session.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated
                    is not true,
            "the circuit's user is signed out"
        );
    }

    [Fact]
    public async Task One_window_too_many_is_told_so()
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new CircuitCount(most: 2))
        );
        using var user = await app.UserAsync();
        using var other = await app.UserAsync();
        var open = app.Get<CircuitCount>();
        Assert.True(open.TryEnter(user.User.Id));
        Assert.True(open.TryEnter(user.User.Id));
        Assert.False(open.TryEnter(user.User.Id));

        using var refused = await user.Http.GetAsync("settings", Cancellation);
        using var others = await other.Http.GetAsync("settings", Cancellation);
        open.Leave(user.User.Id);
        using var again = await user.Http.GetAsync("settings", Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("too many windows", await refused.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_circuit_is_counted_while_it_lives()
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton(new CircuitCount(most: 1))
        );
        using var user = await app.UserAsync();
        var first = await OpenAsync(app, user);

        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(app, user));
        await first.OnCircuitClosedAsync(null!, Cancellation);
        await OpenAsync(app, user);

        Assert.True(app.Get<CircuitCount>().IsFull(user.User.Id));
    }

    private static async Task<CircuitHandler> OpenAsync(InboxApp app, DeskUser user)
    {
        // The app ends it; the circuit itself plays no part in being counted.
        var scope = app.Services.CreateScope();
        var principal = await app.PrincipalAsync(user.User);
        (
            (IHostEnvironmentAuthenticationStateProvider)
                scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()
        ).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
        var cap = scope.ServiceProvider.GetServices<CircuitHandler>().OfType<CircuitCap>().Single();
        await cap.OnCircuitOpenedAsync(null!, Cancellation);
        return cap;
    }

    private static bool IsStaticAsset(string path) =>
        Path.HasExtension(path) || path.StartsWith("/_content/", StringComparison.Ordinal);
}
