using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>
/// One private link to a document: <c>/d/{token}</c>. Only the token's hash is kept, so a copy of the table opens
/// nothing, and looking for it compares no secret byte by byte. A document that is sent again has one more.
/// </summary>
public sealed class DocumentLink
{
    /// <summary>22 of 62 characters: 130 bits.</summary>
    public const int TokenLength = 22;

    private const string Alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private DocumentLink() { }

    public DocumentLink(string token, Id<SharedDocument> documentId, DateTimeOffset at)
    {
        Hash = HashOf(token);
        DocumentId = documentId;
        MadeAt = at;
    }

    /// <summary>SHA-256 of the token, 64 hex digits.</summary>
    public string Hash { get; private set; } = "";
    public Id<SharedDocument> DocumentId { get; private set; }

    /// <summary>The text that carried it; it may have been deleted since.</summary>
    public Id<Message>? MessageId { get; set; }
    public DateTimeOffset MadeAt { get; private set; }

    /// <summary>A token that nobody guesses and every phone recognises as part of an address.</summary>
    public static string NewToken() => RandomNumberGenerator.GetString(Alphabet, TokenLength);

    /// <summary>As we make them: anything else is nobody's, and the database need not be asked.</summary>
    public static bool IsToken(string text) =>
        text.Length == TokenLength && text.All(char.IsAsciiLetterOrDigit);

    public static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
