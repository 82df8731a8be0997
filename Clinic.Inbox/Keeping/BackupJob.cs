using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// Makes a backup when the newest one is old enough, and removes the oldest. It looks at what lies in the folder: a missed
/// look loses nothing, and a repeated one makes nothing twice.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class BackupJob(
    BackupSettings settings,
    BackupMaker maker,
    BackupBook book,
    TimeProvider clock,
    IHostApplicationLifetime app,
    ILogger<BackupJob> log
) : IJob
{
    public static readonly JobKey Key = new("backup");

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>After a failure it waits so long: each attempt reads the whole database.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            app.ApplicationStopping
        );
        await RunAsync(ending.Token);
    }

    /// <summary>Looks once. Returns whether a backup was made.</summary>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (!settings.IsOn)
        {
            return false;
        }
        var now = clock.GetUtcNow();
        var state = await book.StateAsync(cancellation);
        try
        {
            if (
                BackupShelf.List(settings.Folder) is [var newest, ..]
                && now - newest.At < settings.Every
            )
            {
                return false;
            }
            if (state.FailedAt is { } failed && now - failed < AfterFailure)
            {
                return false;
            }
            var name = BackupShelf.NameAt(now);
            PrivateFolder.Make(settings.Folder);
            var manifest = await maker.MakeAsync(Path.Combine(settings.Folder, name), cancellation);
            await book.MadeAsync(name, manifest, cancellation);
            BackupShelf.Tidy(settings.Folder, settings.Keep);
            LogMade(name, manifest.Files.Count, manifest.Bytes);
            return true;
        }
        catch (Exception failure)
            when (failure is BackupFailedException or IOException or UnauthorizedAccessException)
        {
            LogFailed(failure);
            await book.FailedAsync(failure.Message, cancellation);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Backup {Name} was made: {Files} files, {Bytes} bytes")]
    private partial void LogMade(string name, int files, long bytes);

    [LoggerMessage(LogLevel.Error, "No backup could be made; trying again in an hour")]
    private partial void LogFailed(Exception failure);
}

/// <summary>Keeps how the app's own backups stand.</summary>
public sealed class BackupBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    public async Task<BackupState> StateAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(BackupState.Key, BackupState.None, cancellation);
    }

    internal Task MadeAsync(string name, BackupManifest manifest, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var files = manifest.Stored.Count();
                await session.ChooseAsync(
                    BackupState.Key,
                    new BackupState(
                        manifest.MadeAt,
                        name,
                        files,
                        manifest.Bytes,
                        manifest.Missing.Count
                    ),
                    CancellationToken.None
                );
                session.Note(Actor.System, "backup.made", name, $"{files} files");
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );

    internal Task FailedAsync(string problem, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var before = await session.Db.SettingAsync(
                    BackupState.Key,
                    BackupState.None,
                    CancellationToken.None
                );
                await session.ChooseAsync(
                    BackupState.Key,
                    before with
                    {
                        FailedAt = session.Now,
                        Problem = problem,
                    },
                    CancellationToken.None
                );
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
}
