namespace Clinic.Inbox.Documents;

/// <summary>The text that carries a link. Short, and it says nothing that a lock screen should not show.</summary>
internal static class DocumentText
{
    /// <param name="patient">Null for none in particular.</param>
    /// <param name="link">Null: a picture goes in the text itself.</param>
    public static string Write(string clinic, DocumentKind kind, string? patient, string? link)
    {
        var forWhom = patient is null ? "" : $" for {patient}";
        return link is null
            ? $"{clinic}: a picture{forWhom}"
            : $"{clinic}: {kind.Plainly()}{forWhom}: {link}";
    }
}
