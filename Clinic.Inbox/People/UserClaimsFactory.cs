using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.People;

/// <summary>Writes the name and the role into the sign-in cookie; see <see cref="UserClaims"/>.</summary>
internal sealed class UserClaimsFactory(
    UserManager<InboxUser> users,
    IOptions<IdentityOptions> options
) : UserClaimsPrincipalFactory<InboxUser>(users, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(InboxUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(UserClaims.NameType, user.DisplayName));
        identity.AddClaim(new Claim(UserClaims.RoleType, user.Role));
        return identity;
    }
}
