using Clinic.Inbox.Data;

namespace Clinic.Inbox.Keeping;

/// <summary>Section <c>Backup</c> of the settings, read once.</summary>
/// <param name="Folder">In which the app makes backups by itself; empty: it makes none.</param>
/// <param name="Every">How old the newest may become.</param>
/// <param name="Keep">How many are kept; older ones go after a newer one was made and checked.</param>
/// <param name="PostgresTools">The folder of <c>pg_dump</c> and <c>pg_restore</c>; empty: where they usually are.</param>
public sealed record BackupSettings(string Folder, TimeSpan Every, int Keep, string PostgresTools)
{
    public const string Section = "Backup";

    public bool IsOn => Folder.Length > 0;

    /// <exception cref="InvalidOperationException">Hours or number are not whole or not positive.</exception>
    public static BackupSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var folder = section["Folder"] is { Length: > 0 } named
            ? Path.GetFullPath(named, ContentRoot.Find())
            : "";
        var hours = section.GetValue("EveryHours", 24);
        var keep = section.GetValue("Keep", 14);
        if (hours < 1 || keep < 1)
        {
            throw new InvalidOperationException(
                "Backup:EveryHours and Backup:Keep are whole numbers from 1."
            );
        }
        return new BackupSettings(
            folder,
            TimeSpan.FromHours(hours),
            keep,
            section["PostgresTools"] ?? ""
        );
    }
}
