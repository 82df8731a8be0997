using Clinic.Inbox.Data;

namespace Clinic.Inbox.Keeping;

/// <summary>Reads a backup from end to end: every file by its hash, and the database by what its engine says of it.</summary>
public sealed class BackupCheck(DatabaseSettings database, BackupSettings settings)
{
    private const int Most = 10;

    /// <returns>What is wrong, at most ten things, in plain words; empty: it is whole.</returns>
    public async Task<IReadOnlyList<string>> ProblemsAsync(
        string folder,
        CancellationToken cancellation
    )
    {
        if (await BackupManifest.ReadAsync(folder, cancellation) is not { } manifest)
        {
            return [$"{folder} holds no backup: {BackupManifest.FileName} is missing or damaged."];
        }
        var problems = new List<string>();
        if (manifest.Files.All(f => f.Path != manifest.Database))
        {
            problems.Add("The database is missing.");
        }
        foreach (var file in manifest.Files)
        {
            if (problems.Count >= Most)
            {
                return problems;
            }
            if (await ProblemAsync(folder, file, cancellation) is { } problem)
            {
                problems.Add(problem);
            }
        }
        if (problems.Count == 0)
        {
            problems.AddRange(
                await OfDatabaseAsync(
                    Path.Combine(folder, manifest.Database),
                    manifest,
                    cancellation
                )
            );
        }
        return problems;
    }

    private static async Task<string?> ProblemAsync(
        string folder,
        BackupFile file,
        CancellationToken cancellation
    )
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var path = Path.GetFullPath(file.Path, folder);
        if (
            file.Path.Split('/', '\\').Contains("..")
            || !path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        )
        {
            return $"{file.Path} lies outside of the backup.";
        }
        if (!File.Exists(path))
        {
            return $"{file.Path} is missing.";
        }
        return await PrivateFolder.HashAsync(path, cancellation) == (file.Size, file.Sha256)
            ? null
            : $"{file.Path} is damaged.";
    }

    private async Task<IEnumerable<string>> OfDatabaseAsync(
        string file,
        BackupManifest manifest,
        CancellationToken cancellation
    )
    {
        if (manifest.Provider == "Sqlite")
        {
            return (await SqliteCopy.ProblemsAsync(file)).Select(p => "The database: " + p);
        }
        if (database.IsSqlite)
        {
            return ["It was made of PostgreSQL, and Database:Provider is Sqlite here."];
        }
        try
        {
            await new PostgresCopy(database, settings).CheckAsync(file, cancellation);
            return [];
        }
        catch (BackupFailedException failure)
        {
            return ["The database: " + failure.Message];
        }
    }
}
