using System.Net;
using System.Security.Claims;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Benchmarks;

/// <summary>The whole product with a database of its own, one line, and one or many at the desk.</summary>
internal sealed class PixelApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PixelApp(WebApplication app, IReadOnlyList<Cookie> cookies) =>
        (_app, Cookies) = (app, cookies);

    public string Address => _app.Urls.First() + "/";

    /// <summary>Of each user's session.</summary>
    public IReadOnlyList<Cookie> Cookies { get; }

    /// <summary>Of the desk's session.</summary>
    public Cookie Cookie => Cookies[0];

    /// <param name="adjust">See <see cref="Program.BuildAsync"/>.</param>
    public static async Task<PixelApp> StartAsync(
        string folder,
        int users = 1,
        Action<WebApplicationBuilder>? adjust = null
    )
    {
        var app = await Program.BuildAsync(
            [
                "--environment=Development",
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:Inbox=Data Source={Path.Combine(folder, "inbox.db")}",
                $"--Storage:Path={Path.Combine(folder, "attachments")}",
                "--Demo:Enabled=false",
                $"--Vonage:SignatureSecret={InboundBody.Secret}",
                "--Logging:LogLevel:Default=Warning",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning",
            ],
            adjust
        );
        await AddLineAsync(app.Services);
        var cookies = new List<Cookie>(users);
        for (var i = 0; i < users; i++)
        {
            cookies.Add(await SignInAsync(app.Services, i));
        }
        await app.StartAsync();
        return new PixelApp(app, cookies);
    }

    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
        {
            await _app.StopAsync(patience.Token);
        }
        await _app.DisposeAsync();
    }

    private static async Task AddLineAsync(IServiceProvider services)
    {
        await using var db = await services
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync();
        var now = DateTimeOffset.UtcNow;
        PhoneNumber.TryFromCarrier(InboundBody.Line, out var number);
        db.Lines.Add(new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.TwoWay, now));
        await db.SaveChangesAsync();
    }

    /// <summary>The cookie that the sign-in page would give.</summary>
    private static async Task<Cookie> SignInAsync(IServiceProvider services, int number)
    {
        await using var scope = services.CreateAsyncScope();
        var user = new InboxUser
        {
            UserName = $"desk{number}@clinic.test",
            Email = $"desk{number}@clinic.test",
            DisplayName = "Front desk",
            Role = Roles.FrontDesk,
        };
        await scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>().CreateAsync(user);
        var principal = await scope
            .ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<InboxUser>>()
            .CreateAsync(user);
        var session = await services
            .GetRequiredService<SessionBook>()
            .BeginAsync(
                user.Id,
                SignInFactors.Password,
                keep: false,
                new SessionPlace("Benchmark", ""),
                CancellationToken.None
            );
        ((ClaimsIdentity)principal.Identity!).AddClaim(
            new Claim(UserClaims.SessionType, session.ToString())
        );
        var options = scope
            .ServiceProvider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(IdentityConstants.ApplicationScheme);
        var now = DateTimeOffset.UtcNow;
        var ticket = new AuthenticationTicket(
            principal,
            new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(1) },
            IdentityConstants.ApplicationScheme
        );
        return new Cookie(options.Cookie.Name!, options.TicketDataFormat.Protect(ticket));
    }
}
