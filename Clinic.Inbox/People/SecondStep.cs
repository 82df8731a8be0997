using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Somebody whose password was right and who has not proven the second factor yet.</summary>
/// <param name="Keep">They want to stay signed in on this device.</param>
public sealed record PendingSignIn(InboxUser User, bool Keep);

/// <summary>
/// Remembers, between the two steps of signing in, who passed the first: in a cookie that opens nothing else, lives for
/// some minutes, and dies with the password it was made with.
/// </summary>
public sealed class SecondStep(SignInManager<InboxUser> signIn)
{
    /// <summary>Name of the scheme whose cookie it is.</summary>
    public const string Scheme = "SecondStep";

    /// <summary>How long somebody may take: long enough to set up an authenticator app.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const string StampType = "stamp";
    private const string KeepType = "keep";

    public Task BeginAsync(InboxUser user, bool keep)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, user.Id),
                new Claim(StampType, user.SecurityStamp ?? ""),
                new Claim(KeepType, keep.ToString(CultureInfo.InvariantCulture)),
            ],
            Scheme
        );
        return signIn.Context.SignInAsync(Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>Null when nobody is on the way, or not any more.</summary>
    public async Task<PendingSignIn?> PendingAsync()
    {
        var ticket = await signIn.Context.AuthenticateAsync(Scheme);
        if (
            ticket.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id
            || await signIn.UserManager.FindByIdAsync(id) is not { } user
            || !await signIn.ValidateSecurityStampAsync(
                user,
                ticket.Principal.FindFirstValue(StampType)
            )
        )
        {
            return null;
        }
        return new PendingSignIn(
            user,
            ticket.Principal.FindFirstValue(KeepType) == bool.TrueString
        );
    }

    public Task EndAsync() => signIn.Context.SignOutAsync(Scheme);
}
