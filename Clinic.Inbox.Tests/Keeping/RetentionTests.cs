using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>Closed conversations go when the clinic says so, and nothing else does.</summary>
public sealed class RetentionTests
{
    private static readonly Actor Alex = new("alex", "Alex Morgan");
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_closed_long_enough_ago_goes_with_its_bytes_and_all_else_stays()
    {
        await using var clinic = await AttachmentsApp.StartAsync();
        var app = clinic.Inbox;
        var job = await JobAsync(app);
        await clinic.StoredAsync(SampleFiles.Jpeg(400, 300), "OLD-MARK.jpg");
        // More than one piece.
        for (var i = 0; i < RetentionJob.Piece + 5; i++)
        {
            await TextAsync(app, $"1415556{i:0000}", $"OLD-MARK {i}");
        }
        await CloseAllAsync(app);
        await TextAsync(app, "14155550134", "OPEN-MARK");
        app.Clock.Advance(TimeSpan.FromDays(300));
        await TextAsync(app, "14155550135", "NEWER-MARK");
        await CloseAllAsync(app, except: "OPEN-MARK");
        await app.Get<RetentionBook>().ChooseAsync(12, Alex, Cancellation);
        app.Clock.Advance(TimeSpan.FromDays(100));
        Assert.NotEmpty(BackupPlace.Find(app.Folder, "OLD-MARK"));
        Assert.NotEmpty(clinic.FilesOnDisk());

        var outlook = await app.Get<RetentionBook>().LookAsync(12, Cancellation);
        var purged = await job.PurgeAsync(Cancellation);

        Assert.Equal(RetentionJob.Piece + 6, purged);
        Assert.Equal((purged, purged, 1), (outlook.Conversations, outlook.Messages, outlook.Files));
        Assert.Empty(BackupPlace.Find(app.Folder, "OLD-MARK"));
        Assert.Empty(clinic.FilesOnDisk());
        await using var db = app.Db();
        Assert.Equal(
            ["NEWER-MARK", "OPEN-MARK"],
            await db.Messages.Select(m => m.Text).Order().ToListAsync(Cancellation)
        );
        var noted = await db
            .Audit.Where(a => a.Action == "conversation.purged")
            .ToListAsync(Cancellation);
        Assert.Equal(purged, noted.Count);
        Assert.All(noted, entry => Assert.Equal(Actor.System.Name, entry.ActorName));
        Assert.Single(noted, entry => entry.Detail == "1 messages, 1 files");
        Assert.Equal(0, await job.PurgeAsync(Cancellation));
        // An open one stays however old it is.
        app.Clock.Advance(TimeSpan.FromDays(1_000));
        Assert.Equal(1, await job.PurgeAsync(Cancellation));
        Assert.Equal(
            "OPEN-MARK",
            (await db.Conversations.AsNoTracking().SingleAsync(Cancellation)).Preview
        );
    }

    [Fact]
    public async Task Nothing_goes_until_somebody_chose_so_and_a_day_to_think_is_over()
    {
        await using var app = await InboxApp.StartAsync();
        var job = await JobAsync(app);
        await TextAsync(app, "14155550134", "Hello");
        await CloseAllAsync(app);
        app.Clock.Advance(TimeSpan.FromDays(3_000));
        Assert.Equal(0, await job.PurgeAsync(Cancellation));
        var book = app.Get<RetentionBook>();
        Assert.Null(await book.ChooseAsync(1, Alex, Cancellation));
        Assert.Equal(RetentionSettings.Forever, await book.ReadAsync(Cancellation));

        await book.ChooseAsync(24, Alex, Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await job.PurgeAsync(Cancellation));
        // Thought better of it, and again: the day begins anew.
        await book.ChooseAsync(null, Alex, Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, await job.PurgeAsync(Cancellation));
        await book.ChooseAsync(24, Alex, Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(23));
        await book.ChooseAsync(12, Alex, Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, await job.PurgeAsync(Cancellation));
        app.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(1, await job.PurgeAsync(Cancellation));

        await using var db = app.Db();
        Assert.Equal(
            [
                "For good to 2 years",
                "2 years to For good",
                "For good to 2 years",
                "2 years to 1 year",
            ],
            await db
                .Audit.Where(a => a.Action == "retention.changed")
                .OrderBy(a => a.At)
                .Select(a => a.Detail)
                .ToListAsync(Cancellation)
        );
    }

    [Fact]
    public async Task The_schedule_of_a_process_that_just_started_does_it()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("OLD-MARK");
        await CloseAllAsync(walk.App);
        var folder = Path.GetDirectoryName(walk.App.Get<DatabaseSettings>().SqliteFile)!;
        await using (var db = walk.App.Db())
        {
            // By the system's clock, which the process has.
            var ago = DateTimeOffset.UtcNow.AddYears(-2);
            await db.Conversations.ExecuteUpdateAsync(
                c =>
                    c.SetProperty(x => x.ClosedAt, (DateTimeOffset?)ago)
                        .SetProperty(x => x.LastMessageAt, ago),
                Cancellation
            );
            db.Settings.Add(
                SettingStore.Row(RetentionSettings.Key, new RetentionSettings(12, ago))
            );
            await db.SaveChangesAsync(Cancellation);
        }
        await walk.StopAsync();
        Assert.NotEmpty(BackupPlace.Find(folder, "OLD-MARK"));

        using var process = await AppProcess.StartReadyAsync(walk);

        await Eventually.IsTrueAsync(
            () => Task.FromResult(BackupPlace.Find(folder, "OLD-MARK").Count == 0),
            "its bytes are gone"
        );
        process.Kill();
    }

    [Fact]
    public async Task The_page_says_what_the_choice_will_delete_and_when()
    {
        await using var app = await InboxApp.StartAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        Assert.Contains("Nothing is deleted by itself", await PageAsync());
        await TextAsync(app, "14155550134", "Hello");
        await CloseAllAsync(app);
        app.Clock.Advance(TimeSpan.FromDays(400));
        await app.Get<RetentionBook>().ChooseAsync(12, Alex, Cancellation);

        var page = await PageAsync();

        Assert.Contains("Deleting begins", page, StringComparison.Ordinal);
        Assert.Contains("1 conversation closed before", page, StringComparison.Ordinal);
        Assert.Contains("1 text and 0 files", page, StringComparison.Ordinal);
        Assert.Contains("Backup:Folder", page, StringComparison.Ordinal);

        Task<string> PageAsync() => boss.Http.GetStringAsync("settings/data", Cancellation);
    }

    /// <summary>The schedule's own stands still: it would race with the test's.</summary>
    private static async Task<RetentionJob> JobAsync(InboxApp app)
    {
        var scheduler = await app.Get<ISchedulerFactory>().GetScheduler(Cancellation);
        await scheduler.PauseJob(RetentionJob.Key, Cancellation);
        return ActivatorUtilities.CreateInstance<RetentionJob>(app.Services);
    }

    private static async Task TextAsync(InboxApp app, string from, string text)
    {
        using var answer = await app.ReceiveAsync(from, text);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task CloseAllAsync(InboxApp app, string except = "")
    {
        await using var db = app.Db();
        var open = await db
            .Conversations.Where(c => c.State == ConversationState.Open && c.Preview != except)
            .Select(c => c.Id)
            .ToListAsync(Cancellation);
        foreach (var id in open)
        {
            await app.Get<ConversationDesk>().CloseAsync(id, Alex, Cancellation);
        }
    }
}
