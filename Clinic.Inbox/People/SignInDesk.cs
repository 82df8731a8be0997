using System.Diagnostics;
using System.Security.Claims;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>What comes next for somebody who signs in.</summary>
public enum SignInStep
{
    /// <summary>Nothing: it was wrong.</summary>
    Refused,

    /// <summary>They are in.</summary>
    In,

    /// <summary>The password was right; now the second factor.</summary>
    Second,

    /// <summary>The password was right; a second factor is asked of them and they have none yet.</summary>
    SetUp,
}

/// <summary>Lets people in: by email and password, a second factor after it, or a passkey.</summary>
public sealed class SignInDesk(
    SignInManager<InboxUser> signIn,
    IPasswordHasher<InboxUser> hasher,
    SecondStep step,
    SecondFactors factors,
    SignInRulesBook rules,
    SessionBook sessions,
    SignInTurns turns,
    StrangersAtTheDoor strangers,
    InboxDb db,
    InboxWriter writer
)
{
    /// <summary>
    /// A refusal comes after this or a multiple of it: what is written down of somebody takes longer than of nobody.
    /// </summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(300);

    private static string? _decoy;

    private UserManager<InboxUser> Users => signIn.UserManager;

    /// <summary>
    /// Refuses an unknown email, a wrong password, a locked and a deactivated account alike, after the same work, so that
    /// neither words nor time tell who works here.
    /// </summary>
    /// <param name="keep">Stay signed in on this device (<see cref="SignInCookie.KeptSession"/>).</param>
    public async Task<SignInStep> SignInAsync(
        string email,
        string password,
        bool keep,
        CancellationToken cancellation
    )
    {
        var began = Stopwatch.GetTimestamp();
        var next = await TryAsync(email, password, keep, cancellation);
        if (next == SignInStep.Refused)
        {
            var late = Stopwatch.GetElapsedTime(began).Ticks % Beat.Ticks;
            await Task.Delay(TimeSpan.FromTicks(Beat.Ticks - late), cancellation);
        }
        return next;
    }

    private async Task<SignInStep> TryAsync(
        string email,
        string password,
        bool keep,
        CancellationToken cancellation
    )
    {
        email = email.Trim();
        using var turn = await turns.TakeAsync(Users.NormalizeEmail(email), cancellation);
        if (turn is null)
        {
            return SignInStep.Refused;
        }
        var user = await Users.FindByEmailAsync(email);
        if (user is null)
        {
            HashInVain(password);
            await strangers.NoteAsync(signIn.Context, "password", cancellation);
            return SignInStep.Refused;
        }
        // Who sends a cookie along was read before the turn came.
        await db.Entry(user).ReloadAsync(cancellation);
        var isCompared =
            // Who was invited and has not chosen one yet.
            user.PasswordHash
                is not null
            && await signIn.CanSignInAsync(user)
            && !await Users.IsLockedOutAsync(user);
        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            if (!isCompared)
            {
                HashInVain(password);
            }
            await NoteAsync(
                user,
                result.IsLockedOut ? "user.lockedOut" : "user.signInFailed",
                "password",
                cancellation
            );
            return SignInStep.Refused;
        }
        return await GoOnAsync(user, keep, cancellation);
    }

    /// <summary>Somebody whose password is known to be right: into the app, or to what is still asked of them.</summary>
    internal async Task<SignInStep> GoOnAsync(
        InboxUser user,
        bool keep,
        CancellationToken cancellation
    )
    {
        var has = await factors.HasAnyAsync(user);
        if (!has && !(await rules.ReadAsync(cancellation)).Concerned.Contains(user.Role))
        {
            await EnterAsync(user, keep, SignInFactors.Password, cancellation);
            return SignInStep.In;
        }
        await step.BeginAsync(user, keep);
        return has ? SignInStep.Second : SignInStep.SetUp;
    }

    /// <summary>The second step by the code of the authenticator app. A wrong one counts as a wrong password does.</summary>
    public Task<bool> EnterWithCodeAsync(string? code, CancellationToken cancellation) =>
        EnterWithAsync(
            SignInFactors.PasswordAndCode,
            user => factors.UseCodeAsync(user, code),
            cancellation
        );

    /// <summary>The second step by a recovery code, which is used up by it.</summary>
    public Task<bool> EnterWithRecoveryCodeAsync(string? code, CancellationToken cancellation) =>
        EnterWithAsync(
            SignInFactors.PasswordAndRecoveryCode,
            user => factors.UseRecoveryCodeAsync(user, code),
            cancellation
        );

    /// <summary>
    /// By a passkey: alone, or as the second step. Then it must be one of whoever passed the first.
    /// </summary>
    /// <param name="credential">What the browser answered, as JSON.</param>
    public async Task<bool> EnterWithPasskeyAsync(
        string? credential,
        bool second,
        CancellationToken cancellation
    )
    {
        var pending = second ? await step.PendingAsync() : null;
        if (second && pending is null)
        {
            return false;
        }
        var user = await factors.UsePasskeyAsync(credential);
        if (
            user is null
            || (pending is not null && pending.User.Id != user.Id)
            || !await signIn.CanSignInAsync(user)
        )
        {
            if ((user ?? pending?.User) is { } known)
            {
                await NoteAsync(known, "user.signInFailed", "passkey", cancellation);
            }
            else
            {
                await strangers.NoteAsync(signIn.Context, "passkey", cancellation);
            }
            return false;
        }
        // As a code does: else typos of months would add up to a lockout.
        await Users.ResetAccessFailedCountAsync(user);
        await step.EndAsync();
        await EnterAsync(
            user,
            pending?.Keep ?? false,
            pending is null ? SignInFactors.Passkey : SignInFactors.PasswordAndPasskey,
            cancellation
        );
        return true;
    }

    /// <summary>Gives the browser its cookie and a session; whoever calls this has made sure who it is.</summary>
    public async Task EnterAsync(
        InboxUser user,
        bool keep,
        SignInFactors with,
        CancellationToken cancellation
    )
    {
        var context = signIn.Context;
        if (context.User.SessionId() is { } before)
        {
            // The cookie is replaced, so nobody could end that one any more.
            await sessions.EndAsync(before, context.User.Actor(), cancellation);
        }
        var place = SessionPlace.Of(context);
        var id = await sessions.BeginAsync(user.Id, with, keep, place, cancellation);
        await signIn.SignInWithClaimsAsync(
            user,
            new AuthenticationProperties
            {
                IsPersistent = keep,
                ExpiresUtc = keep
                    ? TimeProvider.System.GetUtcNow() + SignInCookie.KeptSession
                    : null,
            },
            [new Claim(UserClaims.SessionType, id.ToString())]
        );
        await NoteAsync(user, "user.signedIn", $"{with.Words()}, {place.Device}", cancellation);
    }

    /// <summary>Makes the cookie anew after something about the user changed; session and time stay.</summary>
    internal async Task RenewAsync(InboxUser user)
    {
        var ticket = await signIn.Context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (ticket.Principal?.SessionId() is { } session)
        {
            await signIn.SignInWithClaimsAsync(
                user,
                ticket.Properties,
                [new Claim(UserClaims.SessionType, session.ToString())]
            );
        }
    }

    private async Task<bool> EnterWithAsync(
        SignInFactors with,
        Func<InboxUser, Task<bool>> isRight,
        CancellationToken cancellation
    )
    {
        if (await step.PendingAsync() is not { User: var user })
        {
            return false;
        }
        using var turn = await turns.TakeAsync(user, db, cancellation);
        // Asked again: the step may have ended while others had their turn.
        if (turn is null || await step.PendingAsync() is not { } pending)
        {
            return false;
        }
        if (await Users.IsLockedOutAsync(user) || !await signIn.CanSignInAsync(user))
        {
            return false;
        }
        if (!await isRight(user))
        {
            await Users.AccessFailedAsync(user);
            await NoteAsync(
                user,
                await Users.IsLockedOutAsync(user) ? "user.lockedOut" : "user.signInFailed",
                with.Words(),
                cancellation
            );
            return false;
        }
        await Users.ResetAccessFailedCountAsync(user);
        await step.EndAsync();
        await EnterAsync(user, pending.Keep, with, cancellation);
        return true;
    }

    private void HashInVain(string password)
    {
        var nobody = new InboxUser();
        _decoy ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, _decoy, password);
    }

    private Task NoteAsync(
        InboxUser user,
        string action,
        string detail,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                session.Note(new Actor(user.Id, user.DisplayName), action, user.Id, detail);
                await session.Db.SaveChangesAsync(CancellationToken.None);
            },
            cancellation
        );
}
