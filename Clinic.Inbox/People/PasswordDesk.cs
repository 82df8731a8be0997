using System.Security.Claims;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Choosing a password: with a link that an administrator made, or with the old one.</summary>
public sealed class PasswordDesk(
    SignInManager<InboxUser> signIn,
    SignInDesk door,
    AccountOwners owners,
    SessionBook sessions,
    InboxDb db,
    TimeProvider time
)
{
    private const string TooOld =
        "This link was used already or is older than a day. Ask an administrator for a new one.";

    private UserManager<InboxUser> Users => signIn.UserManager;

    /// <summary>Whose link it is; null when it is no good (any more).</summary>
    public async Task<InboxUser?> OwnerAsync(string? userId, string? code)
    {
        if (
            userId is null
            || code is null
            || await Users.FindByIdAsync(userId) is not { Active: true } user
        )
        {
            return null;
        }
        var good = await Users.VerifyUserTokenAsync(
            user,
            Users.Options.Tokens.PasswordResetTokenProvider,
            UserManager<InboxUser>.ResetPasswordTokenPurpose,
            code
        );
        return good ? user : null;
    }

    /// <summary>
    /// Sets the password and signs in, or goes on to the second step: a link replaces the password and nothing else. The
    /// link, every other link and every open session of the user count for nothing from then on; a lockout ends.
    /// </summary>
    /// <returns>What comes next, and what is wrong, in plain words; nothing is when it is done.</returns>
    public async Task<(SignInStep Next, IReadOnlyList<string> Problems)> ChooseAsync(
        string? userId,
        string? code,
        NewPassword chosen,
        CancellationToken cancellation
    )
    {
        if (chosen.Problem is { } problem)
        {
            return (SignInStep.Refused, [problem]);
        }
        if (await OwnerAsync(userId, code) is not { } user)
        {
            return (SignInStep.Refused, [TooOld]);
        }
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        Note(user, "user.passwordChosen");
        var result = await Users.ResetPasswordAsync(user, code!, chosen.Password!);
        if (!result.Succeeded)
        {
            return (SignInStep.Refused, Explain(result));
        }
        await sessions.EndOthersAsync(user.Id, but: null, cancellation);
        return (await door.GoOnAsync(user, keep: false, cancellation), []);
    }

    /// <summary>
    /// Changes one's own; every other session of the user ends. A wrong current one counts as at the door: a session that
    /// was left open is no place to guess.
    /// </summary>
    /// <returns>What is wrong, in plain words; empty when it is done.</returns>
    public async Task<IReadOnlyList<string>> ChangeAsync(
        ClaimsPrincipal who,
        string current,
        NewPassword chosen,
        CancellationToken cancellation
    )
    {
        if (chosen.Problem is { } problem)
        {
            return [problem];
        }
        if (await Users.GetUserAsync(who) is not { } user)
        {
            return ["You are signed out. Sign in again."];
        }
        if (!await owners.ProvesAsync(new AccountOwner(user, Pending: null), current, cancellation))
        {
            return ["The current password is not right."];
        }
        Note(user, "user.passwordChanged");
        var result = await Users.ChangePasswordAsync(user, current, chosen.Password!);
        if (!result.Succeeded)
        {
            return Explain(result);
        }
        await door.RenewAsync(user);
        await sessions.EndOthersAsync(user.Id, who.SessionId(), CancellationToken.None);
        return [];
    }

    // Saved by the user store together with the new password: both or neither.
    private void Note(InboxUser user, string action) =>
        db.Note(time.GetUtcNow(), new Actor(user.Id, user.DisplayName), action, user.Id);

    internal static IReadOnlyList<string> Explain(IdentityResult refused) =>
        [
            .. refused
                .Errors.Select(error =>
                    error.Code switch
                    {
                        nameof(IdentityErrorDescriber.PasswordMismatch) =>
                            "The current password is not right.",
                        nameof(IdentityErrorDescriber.PasswordTooShort) => "Choose a password.",
                        nameof(IdentityErrorDescriber.InvalidToken) => TooOld,
                        nameof(IdentityErrorDescriber.InvalidEmail)
                        or nameof(IdentityErrorDescriber.InvalidUserName) =>
                            "That is not an email address.",
                        _ => error.Description,
                    }
                )
                .Distinct(StringComparer.Ordinal),
        ];
}

/// <summary>A new password, typed twice.</summary>
public sealed record NewPassword(string? Password, string? Repeated)
{
    /// <summary>What is wrong before any rule is asked; null when nothing is.</summary>
    public string? Problem =>
        string.IsNullOrEmpty(Password) ? "Choose a password."
        : Password.Length > PasswordRules.Longest
            ? $"Use at most {PasswordRules.Longest} characters."
        : Password != Repeated ? "The two passwords are not the same."
        : null;
}
