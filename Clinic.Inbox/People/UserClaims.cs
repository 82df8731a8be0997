using System.Security.Claims;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>What the sign-in cookie says of a person.</summary>
public static class UserClaims
{
    /// <summary>Claim that holds the <see cref="InboxUser.DisplayName"/>.</summary>
    public const string NameType = "display_name";

    /// <summary>Claim that holds one of <see cref="Roles"/>.</summary>
    public const string RoleType = ClaimTypes.Role;

    /// <summary>Claim that names the <see cref="UserSession"/>.</summary>
    public const string SessionType = "session";

    /// <summary>The session that the cookie names; null for nobody.</summary>
    public static Id<UserSession>? SessionId(this ClaimsPrincipal user) =>
        Id<UserSession>.TryParse(user.FindFirstValue(SessionType), provider: null, out var id)
            ? id
            : null;

    /// <summary>The name that colleagues see; the sign-in name when there is none.</summary>
    public static string DisplayName(this ClaimsPrincipal user) =>
        user.FindFirstValue(NameType) ?? user.Identity?.Name ?? "";

    /// <summary>One of <see cref="Roles"/>; empty for nobody.</summary>
    public static string Role(this ClaimsPrincipal user) => user.FindFirstValue(RoleType) ?? "";

    /// <summary>Who this is in the audit log and on what they send.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    public static Actor Actor(this ClaimsPrincipal user) =>
        new(
            user.FindFirstValue(ClaimTypes.NameIdentifier)
                ?? throw new InvalidOperationException("Nobody is signed in."),
            user.DisplayName()
        );
}
