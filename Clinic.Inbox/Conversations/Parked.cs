using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>A receipt whose message is not known (yet): it may overtake the answer that names its id.</summary>
public sealed class ParkedReceipt
{
    private ParkedReceipt() { }

    public ParkedReceipt(Id<ParkedReceipt> id, string carrierId, string rawBody, DateTimeOffset at)
    {
        Id = id;
        CarrierId = carrierId;
        RawBody = rawBody;
        At = at;
    }

    public Id<ParkedReceipt> Id { get; private set; }
    public string CarrierId { get; private set; } = "";
    public string RawBody { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
}

/// <summary>A signed body that could not be understood or placed; an administrator looks at it.</summary>
public sealed class QuarantineEntry
{
    private QuarantineEntry() { }

    public QuarantineEntry(
        Id<QuarantineEntry> id,
        string kind,
        string reason,
        string rawBody,
        DateTimeOffset at
    )
    {
        Id = id;
        Kind = kind;
        Reason = reason;
        RawBody = rawBody;
        BodyHash = HashOf(rawBody);
        At = at;
    }

    public Id<QuarantineEntry> Id { get; private set; }

    /// <summary>inbound or status.</summary>
    public string Kind { get; private set; } = "";
    public string Reason { get; private set; } = "";
    public string RawBody { get; private set; } = "";

    /// <summary>By which the same body is found: SHA-256 in hex. A body may have a mebibyte.</summary>
    public string BodyHash { get; private set; } = "";
    public DateTimeOffset At { get; private set; }

    public static string HashOf(string rawBody) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rawBody)));
}
