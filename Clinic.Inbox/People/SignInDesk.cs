using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Lets people in by email and password.</summary>
public sealed class SignInDesk(
    SignInManager<InboxUser> signIn,
    IPasswordHasher<InboxUser> hasher,
    SignInTurns turns,
    InboxWriter writer
)
{
    private static string? _decoy;

    /// <summary>
    /// Signs in on success. False for an unknown email, a wrong password, a locked or a deactivated account alike, after
    /// the same work, so that neither words nor time tell who works here.
    /// </summary>
    /// <param name="keep">Stay signed in on this device (<see cref="SignInCookie.KeptSession"/>).</param>
    public async Task<bool> SignInAsync(
        string email,
        string password,
        bool keep,
        CancellationToken cancellation
    )
    {
        using var turn = await turns.TakeAsync(email, cancellation);
        if (turn is null)
        {
            return false;
        }
        var user = await signIn.UserManager.FindByEmailAsync(email.Trim());
        if (user is null)
        {
            HashInVain(password);
            return false;
        }
        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            if (result.IsNotAllowed || result.IsLockedOut)
            {
                HashInVain(password);
            }
            if (result.IsLockedOut)
            {
                await NoteAsync(user, "user.lockedOut", cancellation);
            }
            return false;
        }
        await EnterAsync(user, keep);
        await NoteAsync(user, "user.signedIn", cancellation);
        return true;
    }

    /// <summary>Gives the browser its cookie; whoever calls this has made sure who it is.</summary>
    public Task EnterAsync(InboxUser user, bool keep) =>
        signIn.SignInAsync(
            user,
            new AuthenticationProperties
            {
                IsPersistent = keep,
                ExpiresUtc = keep
                    ? TimeProvider.System.GetUtcNow() + SignInCookie.KeptSession
                    : null,
            }
        );

    private void HashInVain(string password)
    {
        var nobody = new InboxUser();
        _decoy ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, _decoy, password);
    }

    private Task NoteAsync(InboxUser user, string action, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                session.Note(new Actor(user.Id, user.DisplayName), action, user.Id);
                await session.Db.SaveChangesAsync(CancellationToken.None);
            },
            cancellation
        );
}
