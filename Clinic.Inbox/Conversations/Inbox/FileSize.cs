using System.Globalization;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>Sizes as people read them.</summary>
internal static class FileSize
{
    /// <summary>"840 KB", "1.4 MB".</summary>
    public static string Write(long bytes) =>
        bytes < 1_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes / 1000)} KB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000.0:0.0} MB");
}
