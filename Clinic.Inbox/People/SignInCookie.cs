using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clinic.Inbox.People;

/// <summary>The cookie that a signed-in browser carries.</summary>
public static class SignInCookie
{
    /// <summary>A session ends after this long without a person's request: see <see cref="ByThemselves"/>.</summary>
    public static readonly TimeSpan Session = TimeSpan.FromHours(12);

    /// <summary>As <see cref="Session"/>, for a device on which somebody chose to stay signed in.</summary>
    public static readonly TimeSpan KeptSession = TimeSpan.FromDays(14);

    /// <summary>Paths that programs call: they get a status, never a redirect to a page.</summary>
    private static readonly string[] ForPrograms =
    [
        "/api",
        "/hubs",
        "/webhooks",
        "/health",
        "/metrics",
        "/openapi",
        "/_blazor",
    ];

    /// <summary>Paths that a page asks for by itself, also when nobody sits before it: they keep no session alive.</summary>
    private static readonly string[] ByThemselves = ["/_blazor", "/hubs", "/attachments"];

    public static void AddSignInCookie(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        var https =
            configuration["PublicUrl"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            is true;
        services
            .AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie => Configure(cookie, https))
            .AddCookie(SecondStep.Scheme, cookie => ConfigureStep(cookie, "inbox-step", https))
            // Where Identity keeps what it asked a passkey.
            .AddCookie(
                IdentityConstants.TwoFactorUserIdScheme,
                cookie => ConfigureStep(cookie, "inbox-passkey", https)
            )
            // Nobody gets this one, but whoever is put out is signed out of it too.
            .AddCookie(IdentityConstants.TwoFactorRememberMeScheme);
        services.Configure<SecurityStampValidatorOptions>(stamp =>
        {
            // The demo clock jumps days ahead; sessions must not end because of it.
            stamp.TimeProvider = TimeProvider.System;
            stamp.OnRefreshingPrincipal = KeepSessionAsync;
        });
        services
            .AddOptions<SecurityStampValidatorOptions>()
            .Configure<SessionChecks>((stamp, checks) => stamp.ValidationInterval = checks.Every);
        services.TryAddSingleton(new SessionChecks(TimeSpan.FromSeconds(30)));
        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = "inbox-form";
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            // SecurityHeaders says who may frame us.
            forms.SuppressXFrameOptionsHeader = true;
        });
        // A seal that is not ours is answered 400. Logged as an error with its stack, any stranger could fill the log with it.
        services.AddLogging(logging =>
            logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical)
        );
    }

    /// <summary>Whether a path is for programs rather than for people in a browser.</summary>
    public static bool IsForPrograms(PathString path) => IsAmong(ForPrograms, path);

    private static bool IsAmong(string[] starts, PathString path) =>
        Array.Exists(
            starts,
            start => path.StartsWithSegments(start, StringComparison.OrdinalIgnoreCase)
        );

    private static void Configure(CookieAuthenticationOptions options, bool https)
    {
        // The prefix makes browsers refuse it from anybody but this very host, over https.
        options.Cookie.Name = https ? "__Host-inbox" : "inbox";
        options.Cookie.SecurePolicy = https
            ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.Path = "/";
        options.ExpireTimeSpan = Session;
        options.SlidingExpiration = true;
        options.TimeProvider = TimeProvider.System;
        options.LoginPath = Layout.Paths.SignIn;
        options.AccessDeniedPath = Layout.Paths.AccessDenied;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context =>
            Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context =>
            Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>A cookie that says how far somebody has come in signing in: for some minutes, for no other site.</summary>
    private static void ConfigureStep(CookieAuthenticationOptions options, string name, bool https)
    {
        options.Cookie.Name = https ? "__Host-" + name : name;
        options.Cookie.SecurePolicy = https
            ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.Path = "/";
        options.ExpireTimeSpan = SecondStep.Patience;
        options.SlidingExpiration = false;
        options.TimeProvider = TimeProvider.System;
    }

    /// <summary>At each request: does the session that the cookie names still last? The stamp is looked at less often.</summary>
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        // Styles and scripts are anybody's.
        var isAsset = http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
        if (
            !isAsset
            && !await http
                .RequestServices.GetRequiredService<SessionBook>()
                .StandsAsync(
                    context.Principal!,
                    uses: !IsAmong(ByThemselves, http.Request.Path),
                    http.RequestAborted
                )
        )
        {
            // The cookie stays: it may be that of another tab by now, and where the database was away it is good again.
            context.RejectPrincipal();
            return;
        }
        await SecurityStampValidator.ValidatePrincipalAsync(context);
    }

    /// <summary>Identity makes the principal anew and knows nothing of sessions.</summary>
    private static Task KeepSessionAsync(SecurityStampRefreshingPrincipalContext refreshing)
    {
        if (
            refreshing.CurrentPrincipal?.FindFirst(UserClaims.SessionType) is { } session
            && refreshing.NewPrincipal?.Identity is ClaimsIdentity identity
        )
        {
            identity.AddClaim(new Claim(session.Type, session.Value));
        }
        return Task.CompletedTask;
    }

    private static Task Answer(
        RedirectContext<CookieAuthenticationOptions> context,
        int statusForPrograms
    )
    {
        if (IsForPrograms(context.Request.Path))
        {
            context.Response.StatusCode = statusForPrograms;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }
        return Task.CompletedTask;
    }
}

/// <summary>How often the stamp of a cookie, and an open circuit, are held against the database.</summary>
/// <param name="Every">
/// At most 60 s: what was not heard of (<see cref="CircuitSession"/>) is found within a minute.
/// </param>
public sealed record SessionChecks(TimeSpan Every);
