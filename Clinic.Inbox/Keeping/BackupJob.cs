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
            // A clock that was ahead must not keep the next one waiting until its time comes.
            if (
                BackupShelf
                    .List(settings.Folder)
                    .Any(made => made.At <= now && now - made.At < settings.Every)
            )
            {
                return false;
            }
            if (state.FailedAt is { } failed && (now - failed).Duration() < AfterFailure)
            {
                return false;
            }
            var name = BackupShelf.NameAt(now);
            PrivateFolder.Make(settings.Folder);
            var manifest = await maker.MakeAsync(Path.Combine(settings.Folder, name), cancellation);
            await book.MadeAsync(name, manifest, cancellation);
            LogMade(name, manifest.Files.Count, manifest.Bytes);
            Tidy(now);
            return true;
        }
        catch (Exception failure)
            when (failure is BackupFailedException or IOException or UnauthorizedAccessException)
        {
            LogFailed(failure);
            await book.FailedAsync(now, failure.Message, cancellation);
            return false;
        }
    }

    /// <summary>That old ones could not be removed does not make the new one a failure.</summary>
    private void Tidy(DateTimeOffset now)
    {
        try
        {
            BackupShelf.Tidy(settings.Folder, settings.Keep, now);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotTidied(failure);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Old backups could not be removed; tried again after the next"
    )]
    private partial void LogNotTidied(Exception failure);

    [LoggerMessage(LogLevel.Information, "Backup {Name} was made: {Files} files, {Bytes} bytes")]
    private partial void LogMade(string name, int files, long bytes);

    [LoggerMessage(LogLevel.Error, "No backup could be made; trying again in an hour")]
    private partial void LogFailed(Exception failure);
}

/// <summary>Keeps how the app's own backups stand.</summary>
public sealed partial class BackupBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    ILogger<BackupBook> log
)
{
    /// <summary>A failure that could not be written down: the disk that is full for a backup may be so for the database.</summary>
    private Failure? _unwritten;

    public async Task<BackupState> StateAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return WithUnwritten(
            await db.SettingAsync(BackupState.Key, BackupState.None, cancellation)
        );
    }

    /// <summary>What is written down, with what could not be.</summary>
    internal BackupState WithUnwritten(BackupState written) =>
        Volatile.Read(ref _unwritten) is { } failure && !(written.MadeAt >= failure.At)
            ? written with
            {
                FailedAt = failure.At,
                Problem = failure.Problem,
            }
            : written;

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

    /// <summary>Never throws but for cancellation: where it can't be written, this process remembers it.</summary>
    internal async Task FailedAsync(
        DateTimeOffset at,
        string problem,
        CancellationToken cancellation
    )
    {
        Volatile.Write(ref _unwritten, new Failure(at, problem));
        try
        {
            await WriteFailureAsync(at, problem, cancellation);
            Volatile.Write(ref _unwritten, null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotWritten(failure);
        }
    }

    private Task WriteFailureAsync(
        DateTimeOffset at,
        string problem,
        CancellationToken cancellation
    ) =>
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
                        FailedAt = at,
                        Problem = problem,
                    },
                    CancellationToken.None
                );
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );

    [LoggerMessage(LogLevel.Error, "That no backup could be made could not be written down")]
    private partial void LogNotWritten(Exception failure);

    private sealed record Failure(DateTimeOffset At, string Problem);
}
