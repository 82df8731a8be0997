using System.Linq.Expressions;
using System.Security.Claims;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>A session as the lists show it.</summary>
public sealed record SessionRow(
    string Id,
    string Device,
    string Address,
    SignInFactors Factors,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt
)
{
    /// <summary>With what they signed in, as people read it.</summary>
    public string With => Factors.Words();
}

/// <summary>Who is signed in where. What ends here opens nothing from then on, and its open pages end with it.</summary>
/// <remarks>In real time: the demo clock jumps days ahead, and nobody is to be put out because of it.</remarks>
public sealed partial class SessionBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    SessionSightings sightings,
    ILogger<SessionBook> log
)
{
    /// <summary>How exactly it is known when a session was last used.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    private static DateTimeOffset Now => Micros.ToInstant(Micros.Of(DateTimeOffset.UtcNow));

    /// <summary>A new session; the cookie that names it is the caller's to give.</summary>
    public async Task<Id<UserSession>> BeginAsync(
        string userId,
        SignInFactors factors,
        bool keep,
        SessionPlace place,
        CancellationToken cancellation
    )
    {
        var session = new UserSession(Id<UserSession>.New(Now), userId, factors, keep, place, Now);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.UserSessions.Add(session);
        await db.SaveChangesAsync(cancellation);
        return session.Id;
    }

    /// <summary>
    /// Whether the session that a cookie names still lasts. No, too, when the database can't say: then nothing opens.
    /// </summary>
    /// <param name="uses">
    /// A person's request, which keeps the session from resting. That this can't be written down is no reason to end it.
    /// </param>
    public async Task<bool> StandsAsync(
        ClaimsPrincipal user,
        bool uses,
        CancellationToken cancellation
    )
    {
        try
        {
            if (await LastSeenAsync(user, cancellation) is not { } seen)
            {
                return false;
            }
            if (uses && Now is var now && now - seen > SeenEvery)
            {
                sightings.Saw(user.SessionId()!.Value, now);
            }
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotChecked(failure);
            return false;
        }
    }

    /// <summary>
    /// As <see cref="StandsAsync"/> for what goes on without a person: a look is no use. A database that can't say throws.
    /// </summary>
    internal async Task<bool> LooksUpAsync(ClaimsPrincipal user, CancellationToken cancellation) =>
        await LastSeenAsync(user, cancellation) is not null;

    /// <summary>Those that last, the one used last first.</summary>
    public async Task<IReadOnlyList<SessionRow>> ListAsync(
        string userId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db
            .UserSessions.AsNoTracking()
            .Where(s => s.UserId == userId)
            .Where(Lasts(Now))
            .OrderByDescending(s => s.SeenAt)
            .ThenByDescending(s => s.Id)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(s => new SessionRow(
                s.Id.ToString(),
                s.Device,
                s.Address,
                s.Factors,
                s.StartedAt,
                s.SeenAt
            )),
        ];
    }

    /// <summary>A second factor was proven in a session that began without; the others of the user that did end.</summary>
    internal Task ProvenAsync(
        Id<UserSession>? id,
        string userId,
        SignInFactors with,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (id is { } proven)
                {
                    await session
                        .Db.UserSessions.Where(s => s.Id == proven && s.UserId == userId)
                        .Where(s => s.Factors == SignInFactors.Password)
                        .ExecuteUpdateAsync(s => s.SetProperty(x => x.Factors, with));
                    await EndAsync(
                        session,
                        userId,
                        s =>
                            s.UserId == userId
                            && s.Id != proven
                            && s.Factors == SignInFactors.Password
                    );
                }
                return true;
            },
            cancellation
        );

    /// <summary>Ends one: by its own user, or by an administrator. False when it is not there (any more), or not theirs to end.</summary>
    public Task<bool> EndAsync(Id<UserSession> id, Actor by, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var db = session.Db;
                var owner = await db
                    .UserSessions.Where(s => s.Id == id && s.EndedAt == null)
                    .Select(s => s.UserId)
                    .FirstOrDefaultAsync();
                if (owner is null || !await MayEndAsync(db, owner, by))
                {
                    return false;
                }
                await EndAsync(session, owner, s => s.Id == id);
                session.Note(by, "session.ended", owner, id.ToString());
                await db.SaveChangesAsync();
                return true;
            },
            cancellation
        );

    /// <summary>Ends all of a user but one, by the user or by an administrator. False when it is not theirs to end.</summary>
    public Task<bool> EndOthersAsync(
        string userId,
        Id<UserSession>? but,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (!await MayEndAsync(session.Db, userId, by))
                {
                    return false;
                }
                await EndOthersAsync(session, userId, but);
                session.Note(by, "session.allEnded", userId);
                await session.Db.SaveChangesAsync();
                return true;
            },
            cancellation
        );

    /// <summary>The same as part of something else that ends them, which the caller notes: another password, another role.</summary>
    internal Task EndOthersAsync(
        string userId,
        Id<UserSession>? but,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                await EndOthersAsync(session, userId, but);
                return true;
            },
            cancellation
        );

    /// <summary>The same inside the transaction of what ends them.</summary>
    internal static Task EndOthersAsync(
        WriteSession session,
        string userId,
        Id<UserSession>? but
    ) =>
        but is { } kept
            ? EndAsync(session, userId, s => s.UserId == userId && s.Id != kept)
            : EndAsync(session, userId, s => s.UserId == userId);

    /// <summary>Ends all of a user where nothing tells the screens: they find it at their next round.</summary>
    internal static Task EndAllAsync(InboxDb db, string userId)
    {
        var now = Now;
        return db
            .UserSessions.Where(s => s.UserId == userId && s.EndedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now));
    }

    /// <summary>Ends those that began with a password alone, of users with one of these roles: a second factor is asked of them now.</summary>
    internal static async Task EndPasswordOnlyAsync(
        WriteSession session,
        IReadOnlyCollection<string> roles
    )
    {
        var db = session.Db;
        var users = await db
            .UserSessions.Where(s => s.EndedAt == null && s.Factors == SignInFactors.Password)
            .Where(s => db.Users.Any(u => u.Id == s.UserId && roles.Contains(u.Role)))
            .Select(s => s.UserId)
            .Distinct()
            .ToListAsync();
        foreach (var user in users)
        {
            await EndAsync(
                session,
                user,
                s => s.UserId == user && s.Factors == SignInFactors.Password
            );
        }
    }

    /// <summary>Forgets those that ended long ago; the audit log keeps that they were.</summary>
    internal Task ForgetAsync(CancellationToken cancellation)
    {
        var before = Now - UserSession.Longest - UserSession.Longest;
        return writer.RunAsync(
            session =>
                session
                    .Db.UserSessions.Where(s => s.StartedAt < before)
                    .ExecuteDeleteAsync(CancellationToken.None),
            cancellation
        );
    }

    private static async Task EndAsync(
        WriteSession session,
        string userId,
        Expression<Func<UserSession, bool>> which
    )
    {
        var now = Now;
        var ended = await session
            .Db.UserSessions.Where(s => s.EndedAt == null)
            .Where(which)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now));
        if (ended > 0)
        {
            session.Publish(new InboxEvent.SessionsEnded(userId));
        }
    }

    /// <summary>Null when the session is over.</summary>
    private async Task<DateTimeOffset?> LastSeenAsync(
        ClaimsPrincipal user,
        CancellationToken cancellation
    )
    {
        if (
            user.SessionId() is not { } id
            || user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId
        )
        {
            return null;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .UserSessions.Where(s => s.Id == id && s.UserId == userId)
            .Where(Lasts(Now))
            .Select(s => (DateTimeOffset?)s.SeenAt)
            .FirstOrDefaultAsync(cancellation);
    }

    private static async Task<bool> MayEndAsync(InboxDb db, string owner, Actor by) =>
        owner == by.Id
        || await db.Users.AnyAsync(u => u.Id == by.Id && u.Active && u.Role == Roles.Administrator);

    private static Expression<Func<UserSession, bool>> Lasts(DateTimeOffset now)
    {
        var kept = now - SignInCookie.KeptSession;
        var usual = now - SignInCookie.Session;
        var longest = now - UserSession.Longest;
        return s =>
            s.EndedAt == null
            && s.StartedAt > longest
            && ((s.Keep && s.SeenAt > kept) || (!s.Keep && s.SeenAt > usual));
    }

    [LoggerMessage(LogLevel.Warning, "A session could not be checked; nothing is opened for it")]
    private partial void LogNotChecked(Exception failure);
}
