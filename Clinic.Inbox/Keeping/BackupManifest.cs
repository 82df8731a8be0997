using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// What a backup holds, written last: a folder without it is no backup. Every file stands in it with its hash, so that a
/// damaged one is known before it is needed.
/// </summary>
/// <param name="MadeAt">The instant that it shows.</param>
/// <param name="Provider">Sqlite or Postgres.</param>
/// <param name="Migration">The newest that the database had: an older app can't read it.</param>
/// <param name="Database">Path of the database among <paramref name="Files"/>.</param>
/// <param name="Missing">Attachments that the database knows and storage did not have any more.</param>
public sealed record BackupManifest(
    int Format,
    DateTimeOffset MadeAt,
    string Provider,
    string Migration,
    string Database,
    IReadOnlyList<BackupFile> Files,
    IReadOnlyList<string> Missing
)
{
    public const int CurrentFormat = 1;
    public const string FileName = "backup.json";

    /// <summary>Folder of the attachments within a backup.</summary>
    public const string Attachments = "attachments";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
    };

    [JsonIgnore]
    public long Bytes => Files.Sum(f => f.Size);

    /// <summary>Files of messages, documents and the library, thumbnails included.</summary>
    [JsonIgnore]
    public IEnumerable<BackupFile> Stored =>
        Files.Where(f => f.Path.StartsWith(Attachments + "/", StringComparison.Ordinal));

    internal async Task WriteAsync(string folder, CancellationToken cancellation)
    {
        await using var file = PrivateFolder.Create(Path.Combine(folder, FileName));
        await JsonSerializer.SerializeAsync(file, this, Json, cancellation);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Null when the folder holds none, or one that nobody can read.</summary>
    internal static async Task<BackupManifest?> ReadAsync(
        string folder,
        CancellationToken cancellation
    )
    {
        try
        {
            await using var file = File.OpenRead(Path.Combine(folder, FileName));
            var read = await JsonSerializer.DeserializeAsync<BackupManifest>(
                file,
                Json,
                cancellation
            );
            return
                read
                    is {
                        Format: CurrentFormat,
                        Files: not null,
                        Database: not null,
                        Missing: not null
                    }
                ? read
                : null;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>One file of a backup.</summary>
/// <param name="Path">Below the backup's folder, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record BackupFile(string Path, long Size, string Sha256);
