using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Whose account a page is about: somebody who is signed in, or who has passed the first step of it.</summary>
/// <param name="Pending">Null for somebody who is in.</param>
public sealed record AccountOwner(InboxUser User, PendingSignIn? Pending);

/// <summary>Finds out whose account it is, and makes sure of it before something about it changes.</summary>
public sealed class AccountOwners(
    SignInManager<InboxUser> signIn,
    SecondStep step,
    SignInTurns turns,
    InboxDb db
)
{
    /// <summary>Null for a stranger.</summary>
    public async Task<AccountOwner?> FindAsync()
    {
        var context = signIn.Context;
        if (context.User.Identity?.IsAuthenticated is true)
        {
            return await signIn.UserManager.GetUserAsync(context.User) is { } user
                ? new AccountOwner(user, Pending: null)
                : null;
        }
        return await step.PendingAsync() is { } pending
            ? new AccountOwner(pending.User, pending)
            : null;
    }

    /// <summary>
    /// Whether it is really the owner who sits there: their password, once more. Who has just typed it to sign in is not
    /// asked. Wrong ones count as at the door, and are looked at one after the other as there.
    /// </summary>
    public async Task<bool> ProvesAsync(
        AccountOwner owner,
        string? password,
        CancellationToken cancellation
    )
    {
        if (owner.Pending is not null)
        {
            return true;
        }
        if (password is not { Length: > 0 and <= PasswordRules.Longest })
        {
            return false;
        }
        using var turn = await turns.TakeAsync(owner.User, db, cancellation);
        return turn is not null
            && (
                await signIn.CheckPasswordSignInAsync(owner.User, password, lockoutOnFailure: true)
            ).Succeeded;
    }
}
