using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Keeping;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>
/// The machine runs out of room, somebody else holds the database, the clock is set (for reminders: <see cref="SetClockTests"/>).
/// Mail that is away or misbehaves is tested in <c>AlertEmailTests</c> and <see cref="MailMisbehavesTests"/>, Redis in
/// <c>NodeKilledTests</c>.
/// </summary>
public sealed class MachineMisbehavesTests
{
    private const string Trouble = "can be saved";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Beside what comes in, a text leaves, a file is fetched and a backup is due while there is no room.</summary>
    [Fact]
    public async Task Without_room_on_the_disk_nothing_is_lost_or_done_twice_and_all_goes_on_after()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        await using var media = await MediaHost.StartAsync();
        using var place = new BackupPlace();
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Before");
        var ana = phone.AnotherPhone();
        await ana.HearsAsync("Is Bella ready?");
        using var dana = await walk.App.UserAsync(name: "Dana Reed");
        var full = new TaskCompletionSource();
        ana.Carrier.Next(ana.Number.Value, Answers.Held(full.Task));
        await ana.PausesAsync();
        var first = await ana.AnswersAsync("She is ready");
        var second = await ana.AnswersAsync("Come at five");
        await walk.StopAsync();
        await walk.ResumeAllAsync();
        var backups = place.PathOf("backups");
        using var process = await AppProcess.StartReadyAsync(
            walk,
            port: null,
            ("Backup:Folder", backups),
            ("Backup:EveryHours", "1"),
            ("Logging:LogLevel:Clinic.Inbox.Keeping", "Error"),
            ("Logging:LogLevel:Clinic.Inbox.Conversations.AttachmentWorker", "Error")
        );
        using var desk = process.Desk(dana);
        using var storm = new WebhookStorm(60, phone.Line.Number);
        Assert.DoesNotContain(Trouble, await PageAsync(desk), StringComparison.Ordinal);
        // Her session is due to be noted as used: that can't be, and she stays in all the same.
        await using (var before = walk.Look())
        {
            var since = Micros.ToInstant(Micros.Of(DateTimeOffset.UtcNow.AddMinutes(-6)));
            await before.UserSessions.ExecuteUpdateAsync(
                s => s.SetProperty(x => x.SeenAt, since),
                Cancellation
            );
        }
        // The text has left and is not answered, the file is asked for and not given, a backup is there.
        var content = SampleFiles.Pdf("Bella's records");
        var url = media.Serve(async context =>
        {
            await full.Task;
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        });
        Assert.Equal(
            HttpStatusCode.OK,
            await WebhookStorm.PostAsync(
                process.Http,
                process.Address,
                "inbound",
                WebhookStorm.Picture(ana, Guid.NewGuid().ToString(), url),
                Cancellation
            )
        );
        await ana.UntilCarriedAsync(1);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(media.AskedFor(url) > 0 && BackupShelf.List(backups).Count == 1),
            "the file is asked for and a backup is made"
        );

        await process.RoomAsync(0);
        full.SetResult();
        var pouring = storm.PourAsync(process.Address, Cancellation);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(storm.Refused.Count >= 60),
            "the texts are refused"
        );
        await AdvanceAsync(process, "PT61M");
        await MovingOnAsync(
            process,
            () => Task.FromResult(Said("No backup could be made") > 0),
            "the next backup fails"
        );

        Assert.Equal(0, storm.Taken);
        Assert.All(storm.Refused, s => Assert.Equal(HttpStatusCode.ServiceUnavailable, s));
        Assert.Single(BackupShelf.List(backups));
        // What fails is tried again, and not as fast as it can.
        Assert.InRange(Said("could not be fetched"), 0, 30);
        // The desk still reads, and is told.
        var page = await PageAsync(desk);
        Assert.Contains("Before", page, StringComparison.Ordinal);
        Assert.Contains(Trouble, page, StringComparison.Ordinal);
        // What may be read only by whoever is noted does not open, and says why.
        var closed = await PageAsync(desk, $"schedule/inbox/{row.Id}");
        Assert.Contains("is written down first", closed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await process.ReadyAsync());

        await process.RoomAsync(null);

        await pouring;
        await Eventually.IsTrueAsync(
            async () =>
                !(await PageAsync(desk)).Contains(Trouble, StringComparison.Ordinal)
                && await process.ReadyAsync() is HttpStatusCode.OK,
            "the trouble is over by itself"
        );
        // A fetch that was cut off is another's after two minutes; a backup that failed is made anew after an hour.
        await AdvanceAsync(process, "PT61M");
        await MovingOnAsync(
            process,
            async () =>
            {
                await using var look = walk.Look();
                var made = BackupShelf.List(backups).Count;
                return made > 1
                    // And nothing else lies there.
                    && made == Directory.GetDirectories(backups).Length
                    && await look.Attachments.AnyAsync(
                        a => a.State == AttachmentState.Stored,
                        Cancellation
                    )
                    && await look.Messages.AnyAsync(
                        m => m.Id == second && m.State == MessageState.Sent,
                        Cancellation
                    );
            },
            "the backup is made, the file is stored and the next text is sent"
        );
        await using var db = walk.Look();
        var file = await db.Attachments.SingleAsync(Cancellation);
        Assert.Equal(content, await desk.GetByteArrayAsync($"attachments/{file.Id}", Cancellation));
        // The carrier's answer could be written down in the end, or nobody knows; either way it left once.
        var ended = (await db.Messages.SingleAsync(m => m.Id == first, Cancellation)).State;
        Assert.True(ended is MessageState.Sent or MessageState.Unconfirmed, $"It is {ended}.");
        Assert.Equal(
            [first.ToString(), second.ToString()],
            ana.Carried.Select(text => text.ClientRef)
        );
        process.Kill();
        await storm.AssertThereOnceAsync(db, Cancellation);

        int Said(string words) =>
            process.Said.Count(line => line.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_is_called_so_until_there_is_room()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        var trouble = walk.App.Get<DatabaseTrouble>();
        var said = new ConcurrentQueue<string?>();
        trouble.Changed += (_, _) => said.Enqueue(trouble.Words);
        // SQLite says "full" when its file may not grow, as it does when the disk is.
        await walk
            .App.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    await session.Sql("PRAGMA max_page_count=1").ExecuteNonQueryAsync();
                },
                Cancellation
            );

        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            await phone.TextsAsync(new string('x', 20_000))
        );

        Assert.Contains("The disk is full", said.First(), StringComparison.Ordinal);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(trouble.Words is null),
            "a new connection is not bound by it"
        );
        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync(new string('x', 20_000)));
    }

    [Fact]
    public async Task While_somebody_holds_the_database_for_ten_seconds_nothing_is_lost_or_done_twice()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        var answer = new TaskCompletionSource();
        await phone.HearsAsync("Is Bella ready?");
        phone.Carrier.Next(phone.Number.Value, Answers.Held(answer.Task));
        var id = await phone.AnswersAsync("She is");
        await phone.UntilCarriedAsync(1);
        using var storm = new WebhookStorm(120, phone.Line.Number);
        Task pouring;
        await using (var other = new SqliteConnection(Database(walk)))
        {
            await other.OpenAsync(Cancellation);
            await using var held = await other.BeginTransactionAsync(Cancellation);
            pouring = storm.PourAsync(walk.App.Address, Cancellation);
            // The carrier has taken the text, and that can't be written down now.
            answer.SetResult();
            await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);
            Assert.Equal(0, storm.Taken);
            // The desk still reads.
            Assert.Equal("Is Bella ready?", (await phone.ThreadAsync())[0].Text);
        }

        await pouring;
        await phone.UntilAsync(id, MessageState.Sent);

        Assert.All(storm.Refused, s => Assert.Equal(HttpStatusCode.ServiceUnavailable, s));
        Assert.Single(phone.Carried);
        await using var db = walk.Look();
        await storm.AssertThereOnceAsync(db, Cancellation);
    }

    [Theory]
    [InlineData(-1, DatabaseKind.Sqlite)]
    [InlineData(1, DatabaseKind.Sqlite)]
    [InlineData(-1, DatabaseKind.Postgres)]
    public async Task When_the_clock_is_set_by_an_hour_texts_and_jobs_go_on(
        int hours,
        DatabaseKind kind
    )
    {
        await using var walk = new FaultWalk(kind);
        var phone = await walk.SceneAsync();
        using var dana = await walk.App.UserAsync(name: "Dana Reed");
        await phone.HearsAsync("Is Bella ready?");
        await phone.PausesAsync();
        var before = await phone.AnswersAsync("She is");
        // The jobs have begun.
        await walk.MailedAsync("first", walk.App.Clock.GetUtcNow());

        walk.App.Clock.Set(TimeSpan.FromHours(hours));

        await phone.ResumesAsync();
        await phone.UntilAsync(before, MessageState.Sent);
        await phone.UntilAsync(await phone.AnswersAsync("Come at five"), MessageState.Sent);
        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("Thank you"));
        Assert.Equal(2, (await phone.RowAsync()).Unread);
        Assert.Equal(["She is", "Come at five"], phone.Carried.Select(t => t.Text.Split('\n')[0]));
        await walk.MailedAsync("second", walk.App.Clock.GetUtcNow());
        using var page = await dana.Http.GetAsync("schedule/inbox", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.EndsWith(
            "schedule/inbox",
            page.RequestMessage!.RequestUri!.AbsolutePath,
            StringComparison.Ordinal
        );
        // And back again.
        walk.App.Clock.Set(TimeSpan.FromHours(-hours));
        await phone.UntilAsync(await phone.AnswersAsync("Bye"), MessageState.Sent);
        await walk.MailedAsync("third", walk.App.Clock.GetUtcNow());
        Assert.Equal(3, phone.Carried.Count);
    }

    /// <summary>A job that sends and can't write it down would send with every tick.</summary>
    [Fact]
    public async Task While_nothing_can_be_written_an_email_is_not_sent_again_and_again()
    {
        await using var mail = new CountingSmtpServer();
        await using var walk = new FaultWalk(
            DatabaseKind.Sqlite,
            ("Email:Host", "127.0.0.1"),
            ("Email:Port", mail.Port.ToString(CultureInfo.InvariantCulture))
        );
        await walk.StartAsync();
        await using var other = new SqliteConnection(Database(walk));
        await other.OpenAsync(Cancellation);
        SqliteTransaction? held = null;
        DateTimeOffset? again = null;
        mail.Before = async () =>
        {
            await using var db = walk.Look();
            again ??= (await db.OutgoingEmails.SingleAsync(Cancellation)).DueAt;
            held ??= (SqliteTransaction)await other.BeginTransactionAsync(Cancellation);
        };
        var id = await walk.MailAsync("A text came", walk.App.Clock.GetUtcNow());
        await Eventually.IsTrueAsync(
            () => Task.FromResult(mail.Taken > 0),
            "the email is taken, and from then on nothing can be written"
        );
        // That it is tried was written down before.
        Assert.True(again > walk.App.Clock.GetUtcNow());

        await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal(1, mail.Taken);
        await held!.DisposeAsync();
        await walk.UntilMailedAsync(id);
        Assert.Equal(1, mail.Taken);
    }

    /// <summary>Moves the clock on until it happened, by less than what makes a job that is late wait for its next turn.</summary>
    private static Task MovingOnAsync(AppProcess process, Func<Task<bool>> happened, string what) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                if (await happened())
                {
                    return true;
                }
                await AdvanceAsync(process, "PT20S");
                await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
                return false;
            },
            what
        );

    private static async Task AdvanceAsync(AppProcess process, string by)
    {
        using var answer = await process.Http.PostAsJsonAsync(
            "simulator/clock",
            new { advance = by },
            Cancellation
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> PageAsync(HttpClient desk, string path = "schedule/inbox")
    {
        using var page = await desk.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync(Cancellation);
    }

    private static string Database(FaultWalk walk) =>
        walk.Settings!.Last(s => s.Key == "ConnectionStrings:Inbox").Value;
}
