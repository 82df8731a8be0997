using Microsoft.AspNetCore.Authorization;

namespace Clinic.Inbox.People;

/// <summary>What a page or endpoint asks of whoever comes: every one names one of these, or allows anonymous visitors.</summary>
public static class Policies
{
    /// <summary>Anybody who is signed in: inbox, clients, schedule.</summary>
    public const string Desk = "Desk";

    /// <summary>Practice managers and administrators.</summary>
    public const string Manage = "Manage";

    /// <summary>Administrators.</summary>
    public const string Administer = "Administer";

    public static AuthorizationBuilder AddRolePolicies(this AuthorizationBuilder authorization) =>
        authorization
            .AddPolicy(
                Desk,
                policy =>
                    policy.RequireClaim(UserClaims.RoleType, [.. Roles.AtLeast(Roles.FrontDesk)])
            )
            .AddPolicy(
                Manage,
                policy =>
                    policy.RequireClaim(
                        UserClaims.RoleType,
                        [.. Roles.AtLeast(Roles.PracticeManager)]
                    )
            )
            .AddPolicy(
                Administer,
                policy =>
                    policy.RequireClaim(
                        UserClaims.RoleType,
                        [.. Roles.AtLeast(Roles.Administrator)]
                    )
            );
}
