using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>A key just made. <paramref name="Secret"/> is never to be seen again.</summary>
public sealed record NewApiKey(ApiKey Key, string Secret);

/// <summary>
/// Makes, lists and revokes API keys. A key is 256 random bits, so that a plain SHA-256 of it is enough to keep, and
/// looking up the hash tells an attacker nothing by its timing.
/// </summary>
public sealed class ApiKeys(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    /// <summary>Longest name, characters.</summary>
    public const int LongestName = 100;

    private const string KeyPrefix = "ci_";

    /// <summary>The key that is shown, unless there is none or it was revoked.</summary>
    public async Task<ApiKey?> FindAsync(string shown, CancellationToken cancellation)
    {
        var hash = HashOf(shown);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var key = await db
            .ApiKeys.AsNoTracking()
            .FirstOrDefaultAsync(k => k.Hash == hash && k.RevokedAt == null, cancellation);
        if (key is not null && key.IsStale(clock.GetUtcNow()))
        {
            await UsedAsync(key.Id, cancellation);
        }
        return key;
    }

    /// <summary>All keys, newest first, revoked ones too.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .ApiKeys.AsNoTracking()
            .OrderByDescending(k => k.CreatedAt)
            .ToListAsync(cancellation);
    }

    /// <exception cref="ArgumentException">No name, one over <see cref="LongestName"/>, no scope or an unknown one.</exception>
    public async Task<NewApiKey> CreateAsync(
        string name,
        IReadOnlyCollection<string> scopes,
        Actor actor,
        CancellationToken cancellation
    )
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName)
        {
            throw new ArgumentException(
                $"A key needs a name of at most {LongestName} characters.",
                nameof(name)
            );
        }
        if (scopes.Count == 0 || scopes.Except(ApiScopes.All, StringComparer.Ordinal).Any())
        {
            throw new ArgumentException("A key needs one or more known scopes.", nameof(scopes));
        }
        var secret =
            KeyPrefix
            + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));
        var key = await writer.RunAsync(
            async session =>
            {
                var made = Make(secret, name, scopes, session.Now, actor.Name);
                session.Db.ApiKeys.Add(made);
                session.Note(actor, "apikey.created", made.Id.ToString(), made.Scopes);
                await session.Db.SaveChangesAsync();
                return made;
            },
            cancellation
        );
        return new NewApiKey(key, secret);
    }

    /// <summary>From now on the key opens nothing. False when there is no such key or it was revoked before.</summary>
    public Task<bool> RevokeAsync(Id<ApiKey> id, Actor actor, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                if (await session.Db.ApiKeys.FindAsync(id) is not { IsRevoked: false } key)
                {
                    return false;
                }
                key.Revoke(session.Now);
                session.Note(actor, "apikey.revoked", id.ToString());
                await session.Db.SaveChangesAsync();
                session.Publish(new InboxEvent.AccessChanged());
                return true;
            },
            cancellation
        );

    /// <summary>Remembers that a key is in use: once an hour at most, for reading must not cost a write each time.</summary>
    private Task UsedAsync(Id<ApiKey> id, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                if (await session.Db.ApiKeys.FindAsync(id) is { } key && key.IsStale(session.Now))
                {
                    key.Used(session.Now);
                    await session.Db.SaveChangesAsync();
                }
            },
            cancellation
        );

    internal static ApiKey Make(
        string secret,
        string name,
        IEnumerable<string> scopes,
        DateTimeOffset at,
        string by
    ) =>
        new(
            Id<ApiKey>.New(at),
            name,
            HashOf(secret),
            secret.Length > 4 ? secret[^4..] : "",
            string.Join(' ', ApiScopes.All.Where(scopes.Contains)),
            at,
            by
        );

    internal static string HashOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
