using System.Globalization;

namespace Clinic.Inbox.Keeping;

/// <summary>The backups that the app made by itself, by their names. Other folders beside them are not touched.</summary>
internal static class BackupShelf
{
    private const string Prefix = "inbox-";
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    public static string NameAt(DateTimeOffset at) =>
        Prefix + at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<(DateTimeOffset At, string Path)> List(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(folder, Prefix + "*")
                    .Select(path => (At: AtOf(Path.GetFileName(path)), Path: path))
                    .Where(backup =>
                        backup.At is not null
                        && File.Exists(Path.Combine(backup.Path, BackupManifest.FileName))
                    )
                    .Select(backup => (At: backup.At!.Value, backup.Path))
                    .OrderByDescending(backup => backup.At),
            ];

    /// <summary>
    /// Removes all but the newest <paramref name="keep"/>, and what a crash left of one. Returns how many. What bears a time to
    /// come was made by a clock that was ahead: it counts when that time is there.
    /// </summary>
    public static int Tidy(string folder, int keep, DateTimeOffset now)
    {
        var removed = 0;
        foreach (var (_, path) in List(folder).Where(backup => backup.At <= now).Skip(keep))
        {
            // First what makes it a backup: one that is half removed is none.
            File.Delete(Path.Combine(path, BackupManifest.FileName));
            Directory.Delete(path, recursive: true);
            removed++;
        }
        foreach (
            var half in Directory.EnumerateDirectories(
                folder,
                Prefix + "*" + BackupMaker.Unfinished
            )
        )
        {
            Directory.Delete(half, recursive: true);
        }
        return removed;
    }

    private static DateTimeOffset? AtOf(string name) =>
        DateTimeOffset.TryParseExact(
            name[Prefix.Length..],
            Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : null;
}
