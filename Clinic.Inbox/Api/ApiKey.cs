using Clinic.Inbox.Data;

namespace Clinic.Inbox.Api;

/// <summary>A key for the REST API and the hub: shown once, kept as a SHA-256 hash (it has 256 bits of randomness).</summary>
public sealed class ApiKey
{
    private ApiKey() { }

    public ApiKey(
        Id<ApiKey> id,
        string name,
        string hash,
        string hint,
        string scopes,
        DateTimeOffset at,
        string by
    )
    {
        Id = id;
        Name = name;
        Hash = hash;
        Hint = hint;
        Scopes = scopes;
        CreatedAt = at;
        CreatedBy = by;
    }

    public Id<ApiKey> Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Lower-case hex SHA-256 of the key; unique.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>The key's last four characters, to tell keys apart.</summary>
    public string Hint { get; private set; } = "";

    /// <summary>Space-separated: read, write, manage.</summary>
    public string Scopes { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>When it was last shown, to the hour; null: never.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>Some of <see cref="ApiScopes.All"/>.</summary>
    public IReadOnlyList<string> ScopeList => Scopes.Split(' ');

    public bool IsRevoked => RevokedAt is not null;

    /// <summary>Its last use is not known to the hour any more.</summary>
    internal bool IsStale(DateTimeOffset now) =>
        LastUsedAt is not { } used || now - used >= TimeSpan.FromHours(1);

    public void Used(DateTimeOffset at) => LastUsedAt = at;

    public void Revoke(DateTimeOffset at) => RevokedAt ??= at;
}

/// <summary>The answer given to an Idempotency-Key, so that a repeated POST gets it again instead of a second effect.</summary>
public sealed class IdempotentAnswer
{
    private IdempotentAnswer() { }

    public IdempotentAnswer(string key, string requestHash, DateTimeOffset at)
    {
        Key = key;
        RequestHash = requestHash;
        At = at;
    }

    /// <summary>API key id and the caller's key.</summary>
    public string Key { get; private set; } = "";

    /// <summary>SHA-256 of route and body: the same key with another request is an error.</summary>
    public string RequestHash { get; private set; } = "";
    public int? Status { get; set; }
    public string? Body { get; set; }
    public DateTimeOffset At { get; private set; }
}
