using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.People;

/// <summary>Lets only active users in, and keeps only active users in.</summary>
public sealed class InboxSignInManager(
    UserManager<InboxUser> users,
    IHttpContextAccessor context,
    IUserClaimsPrincipalFactory<InboxUser> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<InboxUser>> log,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<InboxUser> confirmation
) : SignInManager<InboxUser>(users, context, claims, options, log, schemes, confirmation)
{
    public override async Task<bool> CanSignInAsync(InboxUser user) =>
        user.Active && await base.CanSignInAsync(user);

    public override async Task<bool> ValidateSecurityStampAsync(
        InboxUser? user,
        string? securityStamp
    ) => user is { Active: true } && await base.ValidateSecurityStampAsync(user, securityStamp);
}
