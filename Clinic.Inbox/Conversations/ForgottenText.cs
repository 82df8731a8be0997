using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// A client's text that was deleted: the hash of the carrier's id and nothing else, kept for good. When the carrier, or
/// somebody who caught it, sends the text again, it is known and does not come back.
/// </summary>
public sealed class ForgottenText
{
    private const string Insert =
        "INSERT INTO \"ForgottenTexts\" (\"Hash\") VALUES (@p0) ON CONFLICT DO NOTHING";

    private ForgottenText() { }

    /// <summary>SHA-256 of the carrier's id, 64 hex digits.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>The hash that stands for a text.</summary>
    public static string HashOf(string carrierId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(carrierId)));

    /// <summary>Keeps hashes in the caller's transaction; those that are kept already change nothing.</summary>
    internal static Task KeepAsync(WriteSession session, IEnumerable<string> hashes)
    {
        var rows = hashes.Select(hash => (Insert, new object?[] { hash })).ToList();
        return rows.Count == 0 ? Task.CompletedTask : session.SqlAsync(rows);
    }
}
