namespace Clinic.Inbox.Keeping;

/// <summary>How the app's own backups stand; one row of the settings, so that every node shows the same.</summary>
/// <param name="MadeAt">The instant that the newest one shows; null: there is none yet.</param>
/// <param name="Name">Its folder within <c>Backup:Folder</c>.</param>
/// <param name="Missing">Files that the database knew and storage did not have.</param>
/// <param name="FailedAt">When the last attempt failed; null: it did not.</param>
public sealed record BackupState(
    DateTimeOffset? MadeAt = null,
    string Name = "",
    int Files = 0,
    long Bytes = 0,
    int Missing = 0,
    DateTimeOffset? FailedAt = null,
    string Problem = ""
)
{
    public const string Key = "backup.state";

    public static readonly BackupState None = new();
}
