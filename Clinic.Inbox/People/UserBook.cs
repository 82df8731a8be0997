using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Clinic.Inbox.People;

/// <summary>A user as the list shows them.</summary>
/// <param name="Invited">Has not chosen a password yet.</param>
/// <param name="SecondFactor">Has an authenticator app or a passkey.</param>
public sealed record UserRow(
    string Id,
    string Name,
    string Email,
    string Role,
    bool Active,
    bool Invited,
    bool SecondFactor
);

/// <summary>What can come of a change to a user.</summary>
public enum UserChange
{
    Done,
    NotFound,

    /// <summary>Nobody lowers or shuts their own account: they could not undo it.</summary>
    Yourself,

    /// <summary>Without them nobody could manage the users any more.</summary>
    LastAdministrator,

    /// <summary>Who asks is not an administrator (any more).</summary>
    NotAllowed,
}

/// <summary>What can come of adding a user or asking for a link.</summary>
public abstract record UserLink
{
    /// <summary>Works once and for 24 hours; whoever has it can choose the account's password.</summary>
    /// <param name="Path">Path and query; the host goes before it.</param>
    public sealed record Made(string Path, string Name) : UserLink;

    /// <param name="Problem">Why not, in plain words.</param>
    public sealed record Refused(string Problem) : UserLink;
}

/// <summary>Who works here. Every rule about users is here, and every change stands in the audit log.</summary>
public sealed class UserBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    IServiceScopeFactory scopes,
    TimeProvider time
)
{
    private const int LongestName = 80;

    /// <summary>Active ones first, by name.</summary>
    public async Task<IReadOnlyList<UserRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Users.OrderByDescending(u => u.Active)
            .ThenBy(u => u.DisplayName)
            .ThenBy(u => u.Id)
            .Select(u => new UserRow(
                u.Id,
                u.DisplayName,
                u.Email!,
                u.Role,
                u.Active,
                u.PasswordHash == null,
                u.TwoFactorEnabled || db.UserPasskeys.Any(p => p.UserId == u.Id)
            ))
            .ToListAsync(cancellation);
    }

    /// <summary>A new user without a password, and the link with which they choose one.</summary>
    public async Task<UserLink> AddAsync(
        string name,
        string email,
        string role,
        Actor by,
        CancellationToken cancellation
    )
    {
        name = name.Trim();
        email = email.Trim();
        if (name.Length is 0 or > LongestName)
        {
            return new UserLink.Refused(
                name.Length == 0
                    ? "Enter the name that colleagues know them by."
                    : $"Use at most {LongestName} characters for the name."
            );
        }
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
        var db = scope.ServiceProvider.GetRequiredService<InboxDb>();
        if (!await IsAdministratorAsync(db, by, cancellation))
        {
            return NotAllowed;
        }
        var user = new InboxUser
        {
            UserName = email,
            Email = email,
            DisplayName = name,
        };
        user.GiveRole(role);
        // Saved by the store together with the user: both or neither.
        var noted = Note(db, by, "user.added", user, ", " + Roles.NameOf(role));
        var made = await users.CreateAsync(user);
        if (!made.Succeeded)
        {
            noted.State = EntityState.Detached;
            return new UserLink.Refused(Explain(made));
        }
        return new UserLink.Made(await LinkAsync(users, user), name);
    }

    /// <summary>A link with which somebody who forgot their password, or never chose one, chooses one.</summary>
    public async Task<UserLink> MakeLinkAsync(
        string userId,
        Actor by,
        CancellationToken cancellation
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
        var db = scope.ServiceProvider.GetRequiredService<InboxDb>();
        if (!await IsAdministratorAsync(db, by, cancellation))
        {
            return NotAllowed;
        }
        if (await users.FindByIdAsync(userId) is not { } user)
        {
            return new UserLink.Refused("This user is not there any more.");
        }
        if (!user.Active)
        {
            return new UserLink.Refused("This account is shut. Reactivate it first.");
        }
        Note(db, by, "user.linkMade", user);
        await db.SaveChangesAsync(cancellation);
        return new UserLink.Made(await LinkAsync(users, user), user.DisplayName);
    }

    public Task<UserChange> ChangeRoleAsync(
        string userId,
        string role,
        Actor by,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            userId,
            by,
            losesAdministration: user => user.Role == Roles.Administrator && user.Active,
            user =>
            {
                if (user.Role == role)
                {
                    return null;
                }
                var before = user.Role;
                user.GiveRole(role);
                return ("user.roleChanged", $", {Roles.NameOf(before)} to {Roles.NameOf(role)}");
            },
            andThen: null,
            cancellation
        );

    /// <summary>
    /// Forgets somebody's authenticator app, passkeys and recovery codes: who lost their phone signs in with the password
    /// and sets up another. Their sessions end.
    /// </summary>
    public Task<UserChange> ForgetFactorsAsync(
        string userId,
        Actor by,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            userId,
            by,
            losesAdministration: _ => false,
            user =>
            {
                user.LoseSecondFactor();
                return ("user.factorsForgotten", "");
            },
            db => SecondFactors.ForgetAsync(db, userId),
            cancellation
        );

    /// <summary>Shuts or opens an account. Open sessions of a shut one end at once.</summary>
    public Task<UserChange> SetActiveAsync(
        string userId,
        bool active,
        Actor by,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            userId,
            by,
            losesAdministration: user => !active && user.Role == Roles.Administrator,
            user =>
            {
                if (user.Active == active)
                {
                    return null;
                }
                if (active)
                {
                    user.Reactivate();
                    return ("user.reactivated", "");
                }
                user.Deactivate();
                return ("user.deactivated", "");
            },
            andThen: null,
            cancellation
        );

    private Task<UserChange> ChangeAsync(
        string userId,
        Actor by,
        Func<InboxUser, bool> losesAdministration,
        Func<InboxUser, (string Action, string Detail)?> change,
        Func<InboxDb, Task>? andThen,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                // Two administrators who lower each other at the same moment: the second one must see the first.
                await session.LockAsync("AspNetUsers", "Role", Roles.Administrator);
                var db = session.Db;
                if (!await IsAdministratorAsync(db, by, CancellationToken.None))
                {
                    return UserChange.NotAllowed;
                }
                if (await db.Users.SingleOrDefaultAsync(u => u.Id == userId) is not { } user)
                {
                    return UserChange.NotFound;
                }
                if (user.Id == by.Id)
                {
                    return UserChange.Yourself;
                }
                if (
                    losesAdministration(user)
                    && !await db.Users.AnyAsync(u =>
                        u.Id != userId && u.Active && u.Role == Roles.Administrator
                    )
                )
                {
                    return UserChange.LastAdministrator;
                }
                if (change(user) is var (action, detail))
                {
                    session.Note(by, action, user.Id, user.DisplayName + detail);
                    await db.SaveChangesAsync();
                    if (andThen is not null)
                    {
                        await andThen(db);
                    }
                    await SessionBook.EndOthersAsync(session, user.Id, but: null);
                }
                return UserChange.Done;
            },
            cancellation
        );

    private static UserLink.Refused NotAllowed => new("Only an administrator can do this.");

    private static Task<bool> IsAdministratorAsync(
        InboxDb db,
        Actor by,
        CancellationToken cancellation
    ) =>
        db.Users.AnyAsync(
            u => u.Id == by.Id && u.Active && u.Role == Roles.Administrator,
            cancellation
        );

    internal static async Task<string> LinkAsync(UserManager<InboxUser> users, InboxUser user)
    {
        var code = await users.GeneratePasswordResetTokenAsync(user);
        return $"{Paths.ChoosePassword}?user={user.Id}&code={Uri.EscapeDataString(code)}";
    }

    private EntityEntry<AuditEntry> Note(
        InboxDb db,
        Actor by,
        string action,
        InboxUser user,
        string detail = ""
    ) => db.Note(time.GetUtcNow(), by, action, user.Id, user.DisplayName + detail);

    private static string Explain(IdentityResult refused) =>
        refused.Errors.First().Code switch
        {
            nameof(IdentityErrorDescriber.DuplicateEmail)
            or nameof(IdentityErrorDescriber.DuplicateUserName) =>
                "Somebody with this email is already here.",
            nameof(IdentityErrorDescriber.InvalidEmail)
            or nameof(IdentityErrorDescriber.InvalidUserName) => "That is not an email address.",
            _ => refused.Errors.First().Description,
        };
}
