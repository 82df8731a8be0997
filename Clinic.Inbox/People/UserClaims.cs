using System.Security.Claims;

namespace Clinic.Inbox.People;

/// <summary>What the sign-in cookie says of a person.</summary>
public static class UserClaims
{
    /// <summary>Claim that holds the <see cref="InboxUser.DisplayName"/>.</summary>
    public const string NameType = "display_name";

    /// <summary>Claim that holds one of <see cref="Roles"/>.</summary>
    public const string RoleType = ClaimTypes.Role;

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
