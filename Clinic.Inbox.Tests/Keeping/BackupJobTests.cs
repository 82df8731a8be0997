using Clinic.Inbox.Keeping;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>The backups that the app makes by itself.</summary>
public sealed class BackupJobTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_makes_one_when_the_newest_is_old_and_keeps_as_many_as_it_should()
    {
        using var place = new BackupPlace();
        var folder = place.PathOf("backups");
        // Somebody else's, beside ours.
        Directory.CreateDirectory(Path.Combine(folder, "inbox-by-hand"));
        await using var app = await InboxApp.StartAsync(settings: Settings(folder));
        var job = await FirstAsync(app, folder);

        Assert.False(await job.RunAsync(Cancellation));
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromHours(25));
            Assert.Equal(StandingLevel.Ok, (await StandingAsync(app)).Level);
            Assert.True(await job.RunAsync(Cancellation));
            made.Add((await app.Get<BackupBook>().StateAsync(Cancellation)).Name);
        }

        Assert.Equal(
            [made[2], made[1]],
            BackupShelf.List(folder).Select(b => Path.GetFileName(b.Path)!)
        );
        Assert.True(Directory.Exists(Path.Combine(folder, "inbox-by-hand")));
        Assert.Equal(3, Directory.GetDirectories(folder).Length);
        Assert.Empty(
            await app.Get<BackupCheck>().ProblemsAsync(Path.Combine(folder, made[2]), Cancellation)
        );
        await using var db = app.Db();
        Assert.Equal(4, await db.Audit.CountAsync(a => a.Action == "backup.made", Cancellation));
        app.Clock.Advance(TimeSpan.FromHours(49));
        Assert.Equal(StandingLevel.Attention, (await StandingAsync(app)).Level);
    }

    [Fact]
    public async Task A_clock_that_was_ahead_holds_no_backup_up()
    {
        using var place = new BackupPlace();
        var folder = place.PathOf("backups");
        await using var app = await InboxApp.StartAsync(settings: Settings(folder));
        var job = await FirstAsync(app, folder);
        var first = BackupShelf.List(folder).Single().Path;
        // Keep is two, and there are two of a time to come.
        var ahead = new[] { 30, 31 }
            .Select(days =>
                Path.Combine(folder, BackupShelf.NameAt(app.Clock.GetUtcNow().AddDays(days)))
            )
            .ToList();
        Directory.Move(first, ahead[0]);
        Directory.CreateDirectory(ahead[1]);
        File.Copy(
            Path.Combine(ahead[0], BackupManifest.FileName),
            Path.Combine(ahead[1], BackupManifest.FileName)
        );

        Assert.True(await job.RunAsync(Cancellation));

        var made = (await app.Get<BackupBook>().StateAsync(Cancellation)).Name;
        Assert.Equal(
            [ahead[1], ahead[0], Path.Combine(folder, made)],
            BackupShelf.List(folder).Select(backup => backup.Path)
        );
        Assert.False(await job.RunAsync(Cancellation));
        Assert.Equal(StandingLevel.Ok, (await StandingAsync(app)).Level);
        app.Clock.Set(TimeSpan.FromHours(-2));
        var (level, text) = await StandingAsync(app);
        Assert.Equal(StandingLevel.Attention, level);
        Assert.Contains("a time to come", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_told_on_the_settings_page_and_the_old_ones_stay()
    {
        using var place = new BackupPlace();
        var folder = place.PathOf("backups");
        await using var app = await InboxApp.StartAsync(
            settings: [.. Settings(folder), ("Logging:LogLevel:Clinic.Inbox.Keeping", "Critical")]
        );
        var job = await FirstAsync(app, folder);
        app.Clock.Advance(TimeSpan.FromHours(25));
        // A file is in the way of the next one, as a disk that is gone would be.
        var moved = folder + ".away";
        Directory.Move(folder, moved);
        await File.WriteAllTextAsync(folder, "", Cancellation);

        Assert.False(await job.RunAsync(Cancellation));

        var (level, text) = await StandingAsync(app);
        Assert.Equal(StandingLevel.Attention, level);
        Assert.StartsWith("The last one failed", text, StringComparison.Ordinal);
        File.Delete(folder);
        Directory.Move(moved, folder);
        Assert.False(await job.RunAsync(Cancellation), "It waits an hour after a failure.");
        Assert.Single(BackupShelf.List(folder));
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await job.RunAsync(Cancellation));
        Assert.Equal(StandingLevel.Ok, (await StandingAsync(app)).Level);
        Assert.Equal(2, BackupShelf.List(folder).Count);

        // Nor can it be written down, since the disk is full for the database too.
        app.Clock.Advance(TimeSpan.FromHours(25));
        Directory.Move(folder, moved);
        await File.WriteAllTextAsync(folder, "", Cancellation);
        await using var db = app.Db();
        await db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER \"Full\" BEFORE UPDATE ON \"Settings\" BEGIN SELECT RAISE(ABORT, 'full'); END",
            Cancellation
        );
        Assert.False(await job.RunAsync(Cancellation));
        Assert.Equal(StandingLevel.Attention, (await StandingAsync(app)).Level);
        File.Delete(folder);
        Directory.Move(moved, folder);
        Assert.False(await job.RunAsync(Cancellation), "It waits an hour all the same.");
        await db.Database.ExecuteSqlRawAsync("DROP TRIGGER \"Full\"", Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await job.RunAsync(Cancellation));
        Assert.Equal(StandingLevel.Ok, (await StandingAsync(app)).Level);
    }

    [Fact]
    public async Task Without_a_folder_it_makes_none_and_says_so()
    {
        await using var app = await InboxApp.StartAsync();
        var job = ActivatorUtilities.CreateInstance<BackupJob>(app.Services);

        Assert.False(await job.RunAsync(Cancellation));

        Assert.Equal(StandingLevel.Off, (await StandingAsync(app)).Level);
    }

    private static (string, string)[] Settings(string folder) =>
        [("Backup:Folder", folder), ("Backup:EveryHours", "24"), ("Backup:Keep", "2")];

    /// <summary>The schedule makes the first one; from then on the test does, so that they don't race.</summary>
    private static async Task<BackupJob> FirstAsync(InboxApp app, string folder)
    {
        await Eventually.IsTrueAsync(
            async () =>
                (await app.Get<BackupBook>().StateAsync(Cancellation)).MadeAt is not null
                && BackupShelf.List(folder).Count == 1,
            "the first backup is made by itself"
        );
        var scheduler = await app.Get<ISchedulerFactory>().GetScheduler(Cancellation);
        await scheduler.PauseJob(BackupJob.Key, Cancellation);
        return ActivatorUtilities.CreateInstance<BackupJob>(app.Services);
    }

    private static async Task<(StandingLevel Level, string Text)> StandingAsync(InboxApp app)
    {
        var standing = (await app.Get<StandingBoard>().LookAsync(Cancellation)).Single(s =>
            s.Title == "Backup"
        );
        return (standing.Level, standing.Text);
    }
}
