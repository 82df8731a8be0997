using Clinic.Inbox.Data;
using Clinic.Inbox.Demo;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.People;
using Clinic.Inbox.Search;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Operations;

/// <summary>What the app does instead of serving, named by its first word.</summary>
internal static class Commands
{
    /// <summary>
    /// <c>seed</c> fills the database with a large clinic (<c>--conversations</c>, <c>--messages</c>, <c>--clients</c>; outside
    /// Development only with <c>--yes</c>), <c>reindex</c> makes the index of the search anew; the app must not run meanwhile.
    /// <c>backup</c>, <c>verify</c> and <c>restore</c>: <see cref="KeepingCommands"/>. <c>administrator</c>:
    /// <see cref="AdministratorCommand"/>.
    /// </summary>
    /// <returns>The exit code; null when no command is named.</returns>
    public static async Task<int?> RunAsync(string[] args) =>
        args is not [var command, .. var rest]
            ? null
            : command switch
            {
                "seed" => await SeedAsync(rest),
                "reindex" => await ReindexAsync(rest),
                "backup" => await KeepingCommands.BackupAsync(rest),
                "verify" => await KeepingCommands.VerifyAsync(rest),
                "restore" => await KeepingCommands.RestoreAsync(rest),
                "administrator" => await AdministratorCommand.RunAsync(rest),
                _ => null,
            };

    private static async Task<int> SeedAsync(string[] args)
    {
        ClinicSize? size = null;
        try
        {
            await using var app = await Program.BuildAsync(
                [.. args.Where(arg => arg != "--yes")],
                // Before anything is touched.
                builder =>
                {
                    if (!builder.Environment.IsDevelopment() && !args.Contains("--yes"))
                    {
                        throw new SeedRefusedException();
                    }
                    size = ClinicSize.Read(builder.Configuration);
                }
            );
            await SizeSeed.RunAsync(app.Services, size!, Console.Out, CancellationToken.None);
            return 0;
        }
        catch (SeedRefusedException)
        {
            await Console.Error.WriteLineAsync(
                "This is not Development: invented clients would stand among real ones. Add --yes if you mean it."
            );
            return 1;
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
    }

    private static async Task<int> ReindexAsync(string[] args)
    {
        await using var app = await Program.BuildAsync(args);
        await using (
            var db = await app
                .Services.GetRequiredService<IDbContextFactory<InboxDb>>()
                .CreateDbContextAsync()
        )
        {
            await SearchSchema.RebuildAsync(db, CancellationToken.None);
        }
        await SizeSeed.IndexAsync(
            app.Services.GetRequiredService<DatabaseSettings>(),
            app.Services.GetRequiredService<TimeProvider>(),
            CancellationToken.None
        );
        await Console.Out.WriteLineAsync("The search was indexed anew.");
        return 0;
    }

    private sealed class SeedRefusedException : Exception;
}
