using System.Globalization;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Operations;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// <c>backup &lt;folder&gt;</c>, <c>verify &lt;folder&gt;</c> and <c>restore &lt;folder&gt; [--replace]</c>. They use the app's settings and
/// not the app: a backup is made while it runs.
/// </summary>
internal static class KeepingCommands
{
    private const string Replace = "--replace";

    public static Task<int> BackupAsync(string[] args) =>
        RunAsync(
            "backup",
            args,
            async (builder, folder) =>
            {
                await using var services = Services(builder, connectionString: null);
                var manifest = await services
                    .GetRequiredService<BackupMaker>()
                    .MakeAsync(folder, CancellationToken.None);
                await SayAsync(
                    $"{Path.GetFullPath(folder)}: {Size(manifest)}, read again and found whole."
                );
                if (manifest.Missing.Count > 0)
                {
                    await SayAsync(
                        $"{manifest.Missing.Count} files that the database knows were not in storage: deleted meanwhile, or lost before. {BackupManifest.FileName} names them."
                    );
                }
            }
        );

    public static Task<int> VerifyAsync(string[] args) =>
        RunAsync(
            "verify",
            args,
            async (builder, folder) =>
            {
                await using var services = Services(builder, connectionString: null);
                var problems = await services
                    .GetRequiredService<BackupCheck>()
                    .ProblemsAsync(folder, CancellationToken.None);
                if (problems.Count > 0)
                {
                    throw new BackupFailedException(string.Join(Environment.NewLine, problems));
                }
                var manifest = (await BackupManifest.ReadAsync(folder, CancellationToken.None))!;
                await SayAsync($"Whole: {Size(manifest)}, made {At(manifest.MadeAt)}.");
            }
        );

    public static Task<int> RestoreAsync(string[] args) =>
        RunAsync(
            "restore",
            [.. args.Where(arg => arg != Replace)],
            async (builder, folder) =>
            {
                await using var services = Services(builder, connectionString: null);
                var restore = new BackupRestore(
                    services.GetRequiredService<DatabaseSettings>(),
                    services.GetRequiredService<BackupSettings>(),
                    services.GetRequiredService<AttachmentStore>(),
                    services.GetRequiredService<TimeProvider>(),
                    connectionString => Services(builder, connectionString)
                );
                var restored = await restore.RestoreAsync(
                    folder,
                    args.Contains(Replace),
                    CancellationToken.None
                );
                await TellAsync(restored);
            }
        );

    private static async Task TellAsync(Restored restored)
    {
        await SayAsync(
            $"Restored: {Size(restored.Manifest)}, as it was {At(restored.Manifest.MadeAt)}. What came later is not in it."
        );
        var (texts, since) = restored.Settled;
        if (texts > 0)
        {
            await SayAsync(
                $"{texts} texts waited to be sent then. They are marked as unconfirmed: staff decide, none is sent by itself."
            );
        }
        await SayAsync(
            since switch
            {
                null =>
                    "There was no former database of this clinic that could be read. What was deleted after the backup is back: delete it again by hand. Who opted out since is not known: ask the carrier for the texts since, and record each STOP, before anything is sent.",
                { Deleted: 0 } => "Nothing in it was deleted since.",
                { Deleted: var count } =>
                    $"{count} conversations that were deleted since were deleted again.",
            }
        );
        if (since is { OptedOut: > 0 and var numbers })
        {
            await SayAsync($"{numbers} numbers that opted out since are opted out again.");
        }
        await SayAsync("Everybody signs in anew, with the password and the second factor of then.");
        if (restored.Former is { } former)
        {
            await SayAsync(
                $"The former database is kept as {former}. Remove it when you need it no more."
            );
        }
    }

    private static async Task<int> RunAsync(
        string command,
        string[] args,
        Func<WebApplicationBuilder, string, Task> run
    )
    {
        if (args is not [var folder, .. var rest] || folder.StartsWith('-'))
        {
            await Console.Error.WriteLineAsync($"Name a folder: {command} <folder>");
            return 2;
        }
        try
        {
            await run(CommandHost.Create(rest), folder);
            return 0;
        }
        catch (BackupFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    /// <param name="connectionString">Another database than the configured one; null: that one.</param>
    private static ServiceProvider Services(WebApplicationBuilder builder, string? connectionString)
    {
        var configuration = new ConfigurationManager();
        configuration.AddConfiguration(builder.Configuration);
        if (connectionString is not null)
        {
            configuration.AddInMemoryCollection([new("ConnectionStrings:Inbox", connectionString)]);
        }
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddMetrics();
        services.AddClinicTime(builder.Environment);
        services.AddInboxDb(configuration);
        services.AddInboxWriter();
        services.AddSingleton<AttachmentStore>();
        services.AddSingleton<ForgottenBytes>();
        services.AddSingleton<FileRemoval>();
        services.AddSingleton<DeletingConversations>();
        services.AddSingleton<RestoredClinic>();
        services.AddSingleton(BackupSettings.Read(configuration));
        services.AddSingleton<BackupCheck>();
        services.AddSingleton<BackupMaker>();
        return services.BuildServiceProvider();
    }

    private static string Size(BackupManifest manifest) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the database and {manifest.Stored.Count()} files, {manifest.Bytes / 1_000_000m:N1} MB"
        );

    private static string At(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static Task SayAsync(string line) => Console.Out.WriteLineAsync(line);
}
