using System.Data.Common;
using System.Globalization;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Keeping;

/// <summary>What came of taking a backup back.</summary>
/// <param name="Former">Where the database lies that was there before; null: there was none.</param>
internal sealed record Restored(BackupManifest Manifest, string? Former, Settled Settled);

/// <summary>Takes a backup back, while the app is stopped. What was there before is kept beside.</summary>
/// <param name="services">Makes what works on a database: migrating, writing, deleting.</param>
internal sealed class BackupRestore(
    DatabaseSettings database,
    BackupSettings settings,
    AttachmentStore store,
    TimeProvider clock,
    Func<string, ServiceProvider> services
)
{
    /// <summary>Names of the files of a SQLite database, after its own.</summary>
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    /// <summary>What <see cref="DatabaseSetup.MigrateAsync"/> leaves beside one.</summary>
    private const string Start = "-start";

    /// <param name="replace">Whether there may be a database already.</param>
    /// <exception cref="BackupFailedException">It can't be taken back; what was there is there as it was.</exception>
    public async Task<Restored> RestoreAsync(
        string folder,
        bool replace,
        CancellationToken cancellation
    )
    {
        var problems = await new BackupCheck(database, settings).ProblemsAsync(
            folder,
            cancellation
        );
        if (problems.Count > 0)
        {
            throw new BackupFailedException(string.Join(Environment.NewLine, problems));
        }
        var manifest = (await BackupManifest.ReadAsync(folder, cancellation))!;
        RefuseOutside(manifest);
        await RefuseForeignAsync(manifest, cancellation);
        try
        {
            return database.IsSqlite
                ? await ToSqliteAsync(folder, manifest, replace, cancellation)
                : await ToPostgresAsync(folder, manifest, replace, cancellation);
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or DbException)
        {
            throw new BackupFailedException(failure.Message, failure);
        }
    }

    private async Task RefuseForeignAsync(BackupManifest manifest, CancellationToken cancellation)
    {
        var here = database.IsSqlite ? "Sqlite" : "Postgres";
        if (manifest.Provider != here)
        {
            throw new BackupFailedException(
                $"The backup was made of {manifest.Provider}, and Database:Provider is {here} here."
            );
        }
        await using var provider = services(database.ConnectionString);
        await using var db = await provider
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync(cancellation);
        if (!db.Database.GetMigrations().Contains(manifest.Migration, StringComparer.Ordinal))
        {
            throw new BackupFailedException(
                $"The backup was made by another version of the app ({manifest.Migration}). Restore it with that version, or a newer one."
            );
        }
    }

    private async Task<Restored> ToSqliteAsync(
        string folder,
        BackupManifest manifest,
        bool replace,
        CancellationToken cancellation
    )
    {
        var target = database.SqliteFile;
        FormerClinic? known = null;
        if (File.Exists(target))
        {
            RefuseUnless(replace, target);
            RefuseWhileOpen(target);
            known = await ReadFormerAsync(database.ConnectionString, manifest, cancellation);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await BringFilesAsync(folder, manifest, cancellation);
        // Beside it, until everything is done: what is there now is touched last.
        var coming = target + DatabaseSettings.Restoring;
        RemoveDatabase(coming);
        var moved = new List<(string From, string To)>();
        try
        {
            await using (var from = File.OpenRead(Path.Combine(folder, manifest.Database)))
            {
                await PrivateFolder.CopyAsync(from, coming, cancellation);
            }
            var settled = await SettleAsync(
                new SqliteConnectionStringBuilder(database.ConnectionString)
                {
                    DataSource = coming,
                    Pooling = false,
                }.ToString(),
                manifest,
                known,
                cancellation
            );
            using (var db = SqliteCopy.Open(coming, SqliteOpenMode.ReadWrite))
            {
                // Everything in the one file that is moved.
                SqliteCopy.Execute(db, "PRAGMA journal_mode=DELETE");
            }
            File.Delete(coming + Start);
            var former = File.Exists(target) ? $"{target}.before-{Stamp()}" : null;
            if (former is not null)
            {
                RefuseWhileOpen(target);
            }
            // A log without its database, too: it would be taken for the new one's.
            foreach (var part in Parts.Where(part => File.Exists(target + part)))
            {
                var to = (former ?? $"{target}.before-{Stamp()}") + part;
                File.Move(target + part, to);
                moved.Add((target + part, to));
            }
            File.Move(coming, target);
            return new Restored(manifest, former, settled);
        }
        catch
        {
            foreach (var (from, to) in moved)
            {
                File.Move(to, from);
            }
            RemoveDatabase(coming);
            throw;
        }
    }

    private async Task<Restored> ToPostgresAsync(
        string folder,
        BackupManifest manifest,
        bool replace,
        CancellationToken cancellation
    )
    {
        var postgres = new PostgresCopy(database, settings);
        await postgres.RefuseCompanyAsync(cancellation);
        FormerClinic? known = null;
        var full = await postgres.IsFullAsync(cancellation);
        var unpooled = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Pooling = false,
        }.ToString();
        if (full)
        {
            RefuseUnless(replace, "the configured database");
            known = await ReadFormerAsync(unpooled, manifest, cancellation);
        }
        await postgres.RefuseStrangersAsync(await OursAsync(unpooled, cancellation), cancellation);
        await BringFilesAsync(folder, manifest, cancellation);
        var former = await postgres.RestoreAsync(
            Path.Combine(folder, manifest.Database),
            clock.GetUtcNow(),
            cancellation
        );
        Settled settled;
        try
        {
            settled = await SettleAsync(unpooled, manifest, known, cancellation);
        }
        catch
        {
            await postgres.BackAsync(former, CancellationToken.None);
            throw;
        }
        var kept = full || !await postgres.TryDropAsync(former, cancellation);
        return new Restored(manifest, kept ? "schema " + former : null, settled);
    }

    /// <summary>
    /// The tables of this version. Null when a newer version has been there, whose tables nobody here knows from those of
    /// strangers.
    /// </summary>
    private async Task<IReadOnlyList<string>?> OursAsync(
        string connectionString,
        CancellationToken cancellation
    )
    {
        await using var provider = services(connectionString);
        await using var db = await provider
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync(cancellation);
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellation);
        return applied.Except(db.Database.GetMigrations(), StringComparer.Ordinal).Any()
            ? null
            : [.. db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>()];
    }

    /// <summary>
    /// Files are named by their id and never change: what is in storage and not in the backup stays, and goes by itself after a
    /// day when nothing leads to it.
    /// </summary>
    private async Task BringFilesAsync(
        string folder,
        BackupManifest manifest,
        CancellationToken cancellation
    )
    {
        foreach (var file in manifest.Stored)
        {
            var to = PlaceOf(file);
            if (File.Exists(to) && new FileInfo(to).Length == file.Size)
            {
                if ((await PrivateFolder.HashAsync(to, cancellation)).Sha256 == file.Sha256)
                {
                    continue;
                }
            }
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            var part = to + ".part";
            File.Delete(part);
            await using (var from = File.OpenRead(Path.Combine(folder, file.Path)))
            {
                await PrivateFolder.CopyAsync(from, part, cancellation);
            }
            File.Move(part, to, overwrite: true);
        }
    }

    private string PlaceOf(BackupFile file) =>
        Path.GetFullPath(file.Path[(BackupManifest.Attachments.Length + 1)..], store.Root);

    /// <summary>Whoever could change the backup must not choose what is written over.</summary>
    private void RefuseOutside(BackupManifest manifest)
    {
        var root = Path.TrimEndingDirectorySeparator(store.Root) + Path.DirectorySeparatorChar;
        var outside = manifest.Stored.FirstOrDefault(file =>
            !PlaceOf(file).StartsWith(root, StringComparison.Ordinal)
        );
        if (outside is not null)
        {
            throw new BackupFailedException($"{outside.Path} lies outside of the storage.");
        }
    }

    private async Task<Settled> SettleAsync(
        string connectionString,
        BackupManifest manifest,
        FormerClinic? former,
        CancellationToken cancellation
    )
    {
        await using var provider = services(connectionString);
        await DatabaseSetup.MigrateAsync(provider, cancellation);
        var writer = provider.GetRequiredService<InboxWriter>();
        await writer.StartAsync(cancellation);
        try
        {
            return await provider
                .GetRequiredService<RestoredClinic>()
                .SettleAsync(manifest, former, cancellation);
        }
        finally
        {
            await writer.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Null when the database that is there can't be read any more.</summary>
    private async Task<FormerClinic?> ReadFormerAsync(
        string connectionString,
        BackupManifest manifest,
        CancellationToken cancellation
    )
    {
        try
        {
            await using var provider = services(connectionString);
            await using var db = await provider
                .GetRequiredService<IDbContextFactory<InboxDb>>()
                .CreateDbContextAsync(cancellation);
            return await FormerClinic.ReadAsync(db, manifest.MadeAt, cancellation);
        }
        catch (DbException)
        {
            return null;
        }
        finally
        {
            // Pooled ones would keep the file open.
            SqliteConnection.ClearAllPools();
        }
    }

    private static void RefuseUnless(bool replace, string what)
    {
        if (!replace)
        {
            throw new BackupFailedException(
                $"There is a clinic in {what} already. Add --replace if the backup shall take its place; the former one is kept beside it."
            );
        }
    }

    /// <summary>Whoever has a database in WAL mode open holds a lock on its file, even while nothing happens.</summary>
    private static void RefuseWhileOpen(string file)
    {
        try
        {
            using var db = SqliteCopy.Open(file, SqliteOpenMode.ReadWrite);
            SqliteCopy.Execute(db, "PRAGMA busy_timeout=1");
            SqliteCopy.Execute(db, "PRAGMA locking_mode=EXCLUSIVE");
            using var command = db.CreateCommand();
            command.CommandTimeout = 1;
            command.CommandText = "BEGIN EXCLUSIVE; COMMIT";
            command.ExecuteNonQuery();
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is 5 or 6)
        {
            throw new BackupFailedException(
                $"Somebody has {file} open. Stop the app first.",
                failure
            );
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is 11 or 26)
        {
            // Corrupt, or no database at all: that may be why it is replaced.
        }
    }

    private static void RemoveDatabase(string file)
    {
        foreach (var part in Parts.Append(Start))
        {
            File.Delete(file + part);
        }
    }

    private string Stamp() =>
        clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
}
