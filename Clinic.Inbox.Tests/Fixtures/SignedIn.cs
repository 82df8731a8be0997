using System.Net;
using System.Security.Claims;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>People who are signed in to an <see cref="InboxApp"/>.</summary>
internal static class SignedIn
{
    /// <summary>The password of users that were made with one.</summary>
    public const string Password = "correct horse battery";

    private const string SignInPage = "account/sign-in";

    /// <summary>
    /// A new user with a session of their own. The cookie is the one that the sign-in page would give, made without the
    /// page, so that many users cost neither time nor the sign-in limit.
    /// </summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="name">Shown to colleagues; made up when null.</param>
    /// <param name="password">Only for who signs in by the page too: <see cref="Password"/>.</param>
    public static async Task<DeskUser> UserAsync(
        this InboxApp app,
        string role = Roles.FrontDesk,
        string? name = null,
        string? password = null
    )
    {
        var key = Guid.NewGuid().ToString("N")[..8];
        var user = new InboxUser
        {
            UserName = $"{key}@clinic.test",
            Email = $"{key}@clinic.test",
            DisplayName = name ?? $"{Roles.NameOf(role)} {key}",
            Role = role,
        };
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
        var made = password is null
            ? await users.CreateAsync(user)
            : await users.CreateAsync(user, password);
        Assert.True(made.Succeeded, string.Join(' ', made.Errors.Select(e => e.Description)));
        return await app.SignedInAsync(user.Email);
    }

    /// <summary>A session of somebody who exists, for example one of the demo clinic's.</summary>
    public static async Task<DeskUser> SignedInAsync(this InboxApp app, string email)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var user = await scope
            .ServiceProvider.GetRequiredService<UserManager<InboxUser>>()
            .FindByEmailAsync(email);
        Assert.NotNull(user);
        var principal = await app.PrincipalAsync(user);
        var options = app.Get<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(IdentityConstants.ApplicationScheme);
        var now = DateTimeOffset.UtcNow;
        var ticket = new AuthenticationTicket(
            principal,
            new AuthenticationProperties
            {
                IssuedUtc = now,
                ExpiresUtc = now + options.ExpireTimeSpan,
            },
            IdentityConstants.ApplicationScheme
        );
        return new DeskUser(
            app.Address,
            user,
            new Cookie(options.Cookie.Name!, options.TicketDataFormat.Protect(ticket))
            {
                Path = "/",
                Domain = app.Address.Host,
                HttpOnly = true,
            }
        );
    }

    /// <summary>Fills in the sign-in page and sends it.</summary>
    /// <param name="page">The page's address, where somebody was led to it from another.</param>
    public static Task<HttpResponseMessage> SignInAsync(
        HttpClient browser,
        string email,
        string password,
        string page = SignInPage
    ) =>
        browser.SendFormAsync(
            page,
            "sign-in",
            ("Input.Email", email),
            ("Input.Password", password)
        );

    /// <summary>The same by somebody who has <see cref="Password"/>.</summary>
    /// <param name="returnUrl">Where they wanted to go; null: nowhere in particular.</param>
    public static Task<HttpResponseMessage> SignInAsync(
        HttpClient browser,
        DeskUser user,
        string? returnUrl = null
    ) =>
        SignInAsync(
            browser,
            user.User.Email!,
            Password,
            returnUrl is null
                ? SignInPage
                : $"{SignInPage}?returnUrl={Uri.EscapeDataString(returnUrl)}"
        );

    /// <summary>What the cookie of a new session says of somebody.</summary>
    public static async Task<ClaimsPrincipal> PrincipalAsync(this InboxApp app, InboxUser user)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var principal = await scope
            .ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<InboxUser>>()
            .CreateAsync(user);
        var session = await app.Get<SessionBook>()
            .BeginAsync(
                user.Id,
                SignInFactors.Password,
                keep: false,
                new SessionPlace("Chrome on Linux", "127.0.0.1"),
                CancellationToken.None
            );
        ((ClaimsIdentity)principal.Identity!).AddClaim(
            new Claim(UserClaims.SessionType, session.ToString())
        );
        return principal;
    }

    /// <summary>A browser of nobody: keeps cookies, follows no redirect unless asked to.</summary>
    public static HttpClient Visitor(
        this InboxApp app,
        bool followRedirects = false,
        CookieContainer? cookies = null
    ) =>
        new(
            new HttpClientHandler
            {
                CookieContainer = cookies ?? new CookieContainer(),
                AllowAutoRedirect = followRedirects,
            }
        )
        {
            BaseAddress = app.Address,
            DefaultRequestHeaders = { { "Accept", "text/html,*/*;q=0.8" } },
        };
}

/// <summary>A signed-in person with a browser of their own.</summary>
internal sealed class DeskUser : IDisposable
{
    public DeskUser(Uri address, InboxUser user, Cookie cookie)
    {
        User = user;
        Cookie = cookie;
        var cookies = new CookieContainer();
        cookies.Add(cookie);
        Http = new HttpClient(new HttpClientHandler { CookieContainer = cookies })
        {
            BaseAddress = address,
        };
        BrowserCookie = new Microsoft.Playwright.Cookie
        {
            Name = cookie.Name,
            Value = cookie.Value,
            Url = address.ToString(),
            HttpOnly = true,
        };
    }

    public InboxUser User { get; }

    /// <summary>Signed in; keeps cookies and follows redirects.</summary>
    public HttpClient Http { get; }

    /// <summary>The session's cookie.</summary>
    public Cookie Cookie { get; }

    /// <summary>The same for Playwright: <c>await context.AddCookiesAsync([user.BrowserCookie])</c>.</summary>
    public Microsoft.Playwright.Cookie BrowserCookie { get; }

    public void Dispose() => Http.Dispose();
}
