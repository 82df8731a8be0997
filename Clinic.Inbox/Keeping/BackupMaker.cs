using System.Data.Common;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.Data.Sqlite;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// Makes a backup while the app works: the database of one instant (with it settings that people made, and the keys that seal
/// cookies), every file that it knows, and the app's settings files. It is read again and checked before it counts as one.
/// </summary>
public sealed class BackupMaker(
    DatabaseSettings database,
    BackupSettings settings,
    AttachmentStore store,
    BackupCheck check,
    TimeProvider clock
)
{
    /// <summary>What a backup is called until it is whole and checked.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Makes it in <paramref name="folder"/>, which must be new or empty.</summary>
    /// <exception cref="BackupFailedException">It could not be made, or what was written is not what was read. Nothing is left of it.</exception>
    public async Task<BackupManifest> MakeAsync(string folder, CancellationToken cancellation)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder) || (Directory.Exists(folder) && !IsEmpty(folder)))
        {
            throw new BackupFailedException(
                $"{folder} is not empty. Name a new folder: a backup is never written over another one."
            );
        }
        var unfinished = folder + Unfinished;
        try
        {
            Remove(unfinished);
            PrivateFolder.Make(unfinished);
            var manifest = await FillAsync(unfinished, cancellation);
            if (await check.ProblemsAsync(unfinished, cancellation) is [var first, ..])
            {
                throw new BackupFailedException($"What was written can't be read again: {first}");
            }
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }
            Directory.Move(unfinished, folder);
            return manifest;
        }
        catch (Exception failure)
        {
            TryRemove(unfinished);
            if (failure is IOException or UnauthorizedAccessException or DbException)
            {
                throw new BackupFailedException(failure.Message, failure);
            }
            throw;
        }
    }

    private async Task<BackupManifest> FillAsync(string folder, CancellationToken cancellation)
    {
        var madeAt = clock.GetUtcNow();
        var name = database.IsSqlite ? "inbox.db" : "inbox.dump";
        var file = Path.Combine(folder, name);
        List<StoredFileRow> rows;
        string migration;
        if (database.IsSqlite)
        {
            await SqliteCopy.MakeAsync(database, file);
            await using var copy = SqliteCopy.Open(file, SqliteOpenMode.ReadOnly);
            rows = await StoredFileRow.ReadAsync(copy, null, cancellation);
            migration = await StoredFileRow.MigrationAsync(copy, null, cancellation);
        }
        else
        {
            (rows, migration) = await new PostgresCopy(database, settings).MakeAsync(
                file,
                cancellation
            );
        }
        var (size, hash) = await PrivateFolder.HashAsync(file, cancellation);
        var files = new List<BackupFile> { new(name, size, hash) };
        var missing = await CopyFilesAsync(rows, folder, files, cancellation);
        await CopySettingsAsync(folder, files, cancellation);
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat,
            madeAt,
            database.IsSqlite ? "Sqlite" : "Postgres",
            migration,
            name,
            files,
            missing
        );
        await manifest.WriteAsync(folder, cancellation);
        return manifest;
    }

    /// <summary>
    /// After the database: what it knows was on the disk before it was committed. What is not there any more was deleted
    /// meanwhile, or lost before.
    /// </summary>
    private async Task<List<string>> CopyFilesAsync(
        IEnumerable<StoredFileRow> rows,
        string folder,
        List<BackupFile> files,
        CancellationToken cancellation
    )
    {
        var missing = new List<string>();
        foreach (var row in rows)
        {
            await CopyAsync(thumbnail: false);
            if (row.HasThumbnail)
            {
                await CopyAsync(thumbnail: true);
            }

            async Task CopyAsync(bool thumbnail)
            {
                var lies = thumbnail ? store.ThumbnailPathOf(row.Id) : store.PathOf(row.Id);
                var path =
                    BackupManifest.Attachments
                    + "/"
                    + Path.GetRelativePath(store.Root, lies).Replace('\\', '/');
                await using var from = store.Open(row.Id, thumbnail);
                if (from is null)
                {
                    missing.Add(path);
                    return;
                }
                var (size, hash) = await PrivateFolder.CopyAsync(
                    from,
                    Path.Combine(folder, path),
                    cancellation
                );
                files.Add(new BackupFile(path, size, hash));
            }
        }
        return missing;
    }

    /// <summary>What stands in environment variables or secret files is not the app's to copy.</summary>
    private static async Task CopySettingsAsync(
        string folder,
        List<BackupFile> files,
        CancellationToken cancellation
    )
    {
        foreach (var path in Directory.GetFiles(ContentRoot.Find(), "appsettings*.json"))
        {
            var name = "settings/" + Path.GetFileName(path);
            await using var from = File.OpenRead(path);
            var (size, hash) = await PrivateFolder.CopyAsync(
                from,
                Path.Combine(folder, name),
                cancellation
            );
            files.Add(new BackupFile(name, size, hash));
        }
    }

    private static bool IsEmpty(string folder) =>
        !Directory.EnumerateFileSystemEntries(folder).Any();

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Remove(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Its name says that it is none; what failed before is what is told.
        }
    }
}
