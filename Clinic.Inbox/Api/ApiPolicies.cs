using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authorization;

namespace Clinic.Inbox.Api;

/// <summary>What an endpoint asks of an API key. A sign-in cookie opens none but <see cref="DeskOrApiRead"/>.</summary>
public static class ApiPolicies
{
    public const string Read = "Api.Read";
    public const string Write = "Api.Write";
    public const string Manage = "Api.Manage";

    /// <summary>Whoever is signed in, or a key that may read: attachments and the hub.</summary>
    public const string DeskOrApiRead = "DeskOrApiRead";

    public static AuthorizationBuilder AddApiPolicies(this AuthorizationBuilder authorization)
    {
        foreach (var (policy, scope) in ScopeOf)
        {
            authorization.AddPolicy(
                policy,
                key =>
                    key.AddAuthenticationSchemes(ApiKeyHandler.Scheme)
                        .RequireClaim(ApiScopes.ClaimType, scope)
            );
        }
        return authorization.AddPolicy(
            DeskOrApiRead,
            either =>
                either
                    .AddAuthenticationSchemes(ApiKeyHandler.CookieOrKey)
                    .RequireAuthenticatedUser()
                    .RequireAssertion(context =>
                        context.User.HasClaim(ApiScopes.ClaimType, ApiScopes.Read)
                        || Roles.AtLeast(Roles.FrontDesk).Contains(context.User.Role())
                    )
        );
    }

    /// <summary>The scope that each policy of the REST API asks for.</summary>
    internal static readonly IReadOnlyDictionary<string, string> ScopeOf = new Dictionary<
        string,
        string
    >(StringComparer.Ordinal)
    {
        [Read] = ApiScopes.Read,
        [Write] = ApiScopes.Write,
        [Manage] = ApiScopes.Manage,
    };
}
