using System.Security.Claims;
using System.Text.Encodings.Web;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Api;

/// <summary>
/// Reads <c>Authorization: Bearer</c> as an API key. Browsers can't set a header on a WebSocket, so the hub takes the key
/// as <c>access_token</c> in the query too, as SignalR's own clients send it.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeys keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";

    /// <summary>The key where one is shown, else the sign-in cookie.</summary>
    public const string CookieOrKey = "CookieOrApiKey";

    /// <summary>Prefix of the actor id of a key, so that no key is ever taken for a user.</summary>
    public const string ActorPrefix = "key:";

    /// <summary>No key is longer; whatever is, is none.</summary>
    private const int LongestKey = 200;

    private const string Prefix = "Bearer ";

    /// <summary>Whether the request shows a key, right or wrong.</summary>
    public static bool Presents(HttpRequest request) => Presented(request) is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { } shown)
        {
            return AuthenticateResult.NoResult();
        }
        if (
            shown.Length is 0 or > LongestKey
            || await keys.FindAsync(shown, Context.RequestAborted) is not { } key
        )
        {
            return AuthenticateResult.Fail("The API key is not known, or was revoked.");
        }
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, ActorPrefix + key.Id),
                new Claim(ClaimTypes.Name, key.Name),
                new Claim(UserClaims.NameType, key.Name),
                .. key.ScopeList.Select(scope => new Claim(ApiScopes.ClaimType, scope)),
            ],
            Scheme
        );
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)
        );
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Presents(Request)
            ? "Bearer realm=\"Clinic.Inbox\", error=\"invalid_token\""
            : "Bearer realm=\"Clinic.Inbox\"";
        return Task.CompletedTask;
    }

    private static string? Presented(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return header[Prefix.Length..].Trim();
        }
        var isHub = request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase);
        return isHub && request.Query["access_token"].ToString() is { Length: > 0 } token
            ? token
            : null;
    }
}
