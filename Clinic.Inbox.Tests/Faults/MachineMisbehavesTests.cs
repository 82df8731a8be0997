using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>
/// The machine runs out of room, somebody else holds the database, the clock is set. Mail and Redis that are away are tested
/// in <c>AlertEmailTests</c> and <c>NodeKilledTests</c>.
/// </summary>
public sealed class MachineMisbehavesTests
{
    private const string Trouble = "can be saved";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_room_on_the_disk_texts_are_refused_pages_say_so_and_all_goes_on_after()
    {
        await using var walk = new FaultWalk(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Before");
        using var dana = await walk.App.UserAsync(name: "Dana Reed");
        await walk.StopAsync();
        using var process = await AppProcess.StartReadyAsync(walk);
        using var desk = Desk(process, dana);
        using var storm = new WebhookStorm(60, phone.Line.Number);
        Assert.DoesNotContain(Trouble, await PageAsync(desk), StringComparison.Ordinal);

        await process.RoomAsync(0);
        var pouring = storm.PourAsync(process.Address, Cancellation);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(storm.Refused.Count >= 60),
            "the texts are refused"
        );

        Assert.Equal(0, storm.Taken);
        Assert.All(storm.Refused, s => Assert.Equal(HttpStatusCode.ServiceUnavailable, s));
        // The desk still reads, and is told.
        var page = await PageAsync(desk);
        Assert.Contains("Before", page, StringComparison.Ordinal);
        Assert.Contains(Trouble, page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(process));

        await process.RoomAsync(null);

        await pouring;
        await Eventually.IsTrueAsync(
            async () =>
                !(await PageAsync(desk)).Contains(Trouble, StringComparison.Ordinal)
                && await ReadyAsync(process) is HttpStatusCode.OK,
            "the trouble is over by itself"
        );
        process.Kill();
        await using var db = walk.Look();
        await storm.AssertThereOnceAsync(db, Cancellation);
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
        await MailedAsync(walk, "first");

        walk.App.Clock.Set(TimeSpan.FromHours(hours));

        await phone.ResumesAsync();
        await phone.UntilAsync(before, MessageState.Sent);
        await phone.UntilAsync(await phone.AnswersAsync("Come at five"), MessageState.Sent);
        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("Thank you"));
        Assert.Equal(2, (await phone.RowAsync()).Unread);
        Assert.Equal(["She is", "Come at five"], phone.Carried.Select(t => t.Text.Split('\n')[0]));
        await MailedAsync(walk, "second");
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
        await MailedAsync(walk, "third");
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
        mail.Before = async () =>
            held ??= (SqliteTransaction)await other.BeginTransactionAsync(Cancellation);
        var id = await MailAsync(walk, "A text came");
        await Eventually.IsTrueAsync(
            () => Task.FromResult(mail.Taken > 0),
            "the email is taken, and from then on nothing can be written"
        );

        await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal(1, mail.Taken);
        await held!.DisposeAsync();
        await UntilMailedAsync(walk, id);
        Assert.Equal(1, mail.Taken);
    }

    /// <summary>An email that waits from now on is sent, by the job that does so.</summary>
    private static async Task MailedAsync(FaultWalk walk, string subject) =>
        await UntilMailedAsync(walk, await MailAsync(walk, subject));

    private static async Task<Id<OutgoingEmail>> MailAsync(FaultWalk walk, string subject)
    {
        var now = walk.App.Clock.GetUtcNow();
        var email = new OutgoingEmail(
            Id<OutgoingEmail>.New(now),
            "dana@clinic.test",
            subject,
            "A text came.",
            now
        );
        await using (var db = walk.App.Db())
        {
            db.OutgoingEmails.Add(email);
            await db.SaveChangesAsync(Cancellation);
        }
        return email.Id;
    }

    private static Task UntilMailedAsync(FaultWalk walk, Id<OutgoingEmail> id) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.App.Db();
                return await db.OutgoingEmails.AnyAsync(
                    e => e.Id == id && e.SentAt != null,
                    Cancellation
                );
            },
            "the email is sent"
        );

    private static HttpClient Desk(AppProcess process, DeskUser user)
    {
        var cookies = new CookieContainer();
        cookies.Add(process.Address, new Cookie(user.Cookie.Name, user.Cookie.Value));
        return new HttpClient(new HttpClientHandler { CookieContainer = cookies })
        {
            BaseAddress = process.Address,
        };
    }

    private static async Task<string> PageAsync(HttpClient desk)
    {
        using var page = await desk.GetAsync("schedule/inbox", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<HttpStatusCode> ReadyAsync(AppProcess process)
    {
        using var answer = await process.Http.GetAsync("health/ready", Cancellation);
        return answer.StatusCode;
    }

    private static string Database(FaultWalk walk) =>
        walk.Settings!.Last(s => s.Key == "ConnectionStrings:Inbox").Value;
}
