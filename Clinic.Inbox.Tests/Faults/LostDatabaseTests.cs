using System.Collections.Concurrent;
using System.Net;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>PostgreSQL crashes and comes back, under load and at the worst moments.</summary>
public sealed class LostDatabaseTests(BrowserFixture browsers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restarted_twice_under_load_it_loses_nothing_and_doubles_nothing()
    {
        const int Texts = 300;
        await using var postgres = await OwnPostgres.StartAsync();
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, postgres.Settings);
        var phone = await walk.SceneAsync();
        using var dana = await walk.App.UserAsync(name: "Dana Reed");
        await phone.PausesAsync();
        await walk.QueueAsync([phone], Texts);
        await walk.StopAsync();
        await walk.ResumeAllAsync();
        using var process = await AppProcess.StartReadyAsync(walk);

        for (var crash = 1; crash <= 2; crash++)
        {
            using var storm = new WebhookStorm(Extent.Webhooks, phone.Line.Number, crash);
            var pouring = storm.PourAsync(process.Address, Cancellation);
            await Eventually.IsTrueAsync(
                () =>
                    Task.FromResult(
                        storm.Taken >= Extent.Webhooks / 4
                            && walk.Carrier.Texts.Count >= Texts * crash / 10
                    ),
                "texts come and go"
            );
            await postgres.CrashAsync();
            await UntilReadyIsAsync(process, HttpStatusCode.ServiceUnavailable);
            await postgres.ReturnAsync();
            await pouring;

            Assert.All(storm.Refused, s => Assert.Equal(HttpStatusCode.ServiceUnavailable, s));
            await using var look = walk.Look();
            await storm.AssertThereOnceAsync(look, Cancellation);
        }
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.Look();
                return !await db.Messages.AnyAsync(
                    m => m.State == MessageState.Queued || m.State == MessageState.Sending,
                    Cancellation
                );
            },
            "no text is stuck"
        );
        var carried = walk.Carrier.Texts.GroupBy(t => t.ClientRef).ToList();
        Assert.All(carried, attempts => Assert.Single(attempts));
        await using var after = walk.Look();
        var states = await after
            .Messages.Where(m => m.Direction == MessageDirection.Outbound)
            .ToDictionaryAsync(m => m.Id.ToString(), m => m.State, Cancellation);
        Assert.Equal(Texts, states.Count);
        Assert.All(
            states,
            text =>
                Assert.True(
                    text.Value is MessageState.Unconfirmed
                        || (
                            text.Value is MessageState.Sent
                            && carried.Exists(c => c.Key == text.Key)
                        ),
                    $"A text is {text.Value}."
                )
        );
        // At most what was under way for the line at each crash.
        Assert.InRange(states.Count(s => s.Value is MessageState.Unconfirmed), 0, 2 * 4);
        // Screens, pages and jobs are there again.
        await UntilReadyIsAsync(process, HttpStatusCode.OK);
        using var desk = process.Desk(dana);
        using var page = await desk.GetAsync("schedule/inbox", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.EndsWith(
            "schedule/inbox",
            page.RequestMessage!.RequestUri!.AbsolutePath,
            StringComparison.Ordinal
        );
        // The schedule lies in the same database.
        await walk.MailedAsync("After", DateTimeOffset.UtcNow);
    }

    /// <summary>The carrier was answered at the commit, and the screens can't be told: when the database is back they load anew.</summary>
    [Fact]
    public async Task A_text_that_was_taken_and_could_not_be_told_is_on_every_screen_once_it_can()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, postgres.Settings);
        var phone = await walk.SceneAsync();
        using var dana = await walk.App.UserAsync(name: "Dana Reed");
        var row = await phone.HearsAsync("Is Bella ready?");
        var screen = await browsers.PageAsync(walk.App, dana);
        await screen.GotoAsync($"{Paths.Inbox.TrimStart('/')}/{row.Id}");
        await Expect(screen.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        using var held = new HeldScreens(walk.App.Get<Feed>());

        // The screens are still being told of one text when the next is taken.
        await TakenAsync(phone, "Hello?");
        await held.UntilToldAsync();
        await TakenAsync(phone, "Anybody there?");
        await postgres.CrashAsync();
        held.Release();
        await held.UntilSilentAsync(walk);
        Assert.DoesNotContain(held.Told, told => told is InboxEvent.CatchUp);
        await postgres.ReturnAsync();

        await Expect(screen.Locator(".msg", new() { HasText = "Anybody there?" }))
            .ToBeVisibleAsync();
        await Eventually.IsTrueAsync(
            () => Task.FromResult(held.Told.Any(told => told is InboxEvent.CatchUp)),
            "all screens load anew"
        );
    }

    /// <summary>Whoever was told that it failed would do it once more, and the client would get it twice.</summary>
    [Fact]
    public async Task What_was_committed_is_not_said_to_have_failed_when_the_screens_can_not_be_told()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, postgres.Settings);
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Is Bella ready?");
        await phone.PausesAsync();
        using var held = new HeldScreens(walk.App.Get<Feed>());
        await TakenAsync(phone, "Hello?");
        await held.UntilToldAsync();

        var sending = phone.Desk.SendAsync(row.Id, "She is", [], Scene.Receptionist, Cancellation);
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.Look();
                return await db.Messages.AnyAsync(
                    m => m.Direction == MessageDirection.Outbound,
                    Cancellation
                );
            },
            "it is committed"
        );
        Assert.False(sending.IsCompleted);
        await postgres.CrashAsync();
        held.Release();

        Assert.IsType<EnqueueResult.Queued>(await sending);
        await postgres.ReturnAsync();
        await Eventually.IsTrueAsync(
            async () =>
            {
                try
                {
                    await phone.ResumesAsync();
                    return true;
                }
                catch (Exception failure)
                    when (failure.ToString().Contains("Npgsql", StringComparison.Ordinal))
                {
                    // A connection of before the crash, out of the pool.
                    return false;
                }
            },
            "the line resumes"
        );
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task A_text_that_was_claimed_as_the_database_was_lost_leaves_once_and_is_known_as_sent()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, postgres.Settings);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Is Bella ready?");
        await phone.PausesAsync();
        var id = await phone.AnswersAsync("She is");
        using var held = new HeldScreens(walk.App.Get<Feed>());
        await TakenAsync(phone, "Hello?");
        await held.UntilToldAsync();

        // Committed, and then each waits for the screens.
        var resuming = phone.ResumesAsync();
        await UntilAsync(walk, id, MessageState.Sending);
        await postgres.CrashAsync();
        held.Release();
        await resuming;
        await phone.UntilCarriedAsync(1);
        await postgres.ReturnAsync();

        await UntilAsync(walk, id, MessageState.Sent);
        Assert.Single(phone.Carried);
    }

    /// <summary>The text is marked as leaving, and who marked it believes that it failed: it never left, and must not be stuck.</summary>
    [Fact]
    public async Task A_claim_whose_commit_was_not_heard_of_goes_back_and_the_text_leaves_once()
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresServer.NewDatabaseAsync());
        await using var wire = new CutWire(database.Port);
        database.Port = wire.Port;
        await using var walk = new FaultWalk(
            DatabaseKind.Sqlite,
            ("Database:Provider", "Postgres"),
            ("ConnectionStrings:Inbox", database.ToString())
        );
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Is Bella ready?");
        await phone.PausesAsync();
        var id = await phone.AnswersAsync("She is");
        var lost = wire.LoseCommitOf(nameof(MessageState.Sending));

        await phone.ResumesAsync();
        await lost.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Empty(phone.Carried);
        await UntilAsync(walk, id, MessageState.Sent);
        Assert.Single(phone.Carried);
    }

    private static Task UntilAsync(FaultWalk walk, Id<Message> id, MessageState state) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.Look();
                return await db.Messages.AnyAsync(
                    m => m.Id == id && m.State == state,
                    Cancellation
                );
            },
            $"the text becomes {state}"
        );

    private static async Task TakenAsync(Scene phone, string text)
    {
        using var answer = await phone.App.ReceiveAsync(
            phone.Number.Digits,
            text,
            to: phone.Line.Number.Digits
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task UntilReadyIsAsync(AppProcess process, HttpStatusCode status) =>
        Eventually.IsTrueAsync(
            async () => await process.ReadyAsync() == status,
            $"/health/ready says {status}"
        );

    /// <summary>A screen that takes its time over the first change it is told of, so that all others wait for it.</summary>
    private sealed class HeldScreens : IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly TaskCompletionSource _first = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private readonly IDisposable _listening;

        public HeldScreens(Feed feed) =>
            _listening = feed.Subscribe(change =>
            {
                Told.Enqueue(change);
                _first.TrySetResult();
                _gate.Wait(TimeSpan.FromMinutes(1));
            });

        public ConcurrentQueue<InboxEvent> Told { get; } = new();

        public Task UntilToldAsync() =>
            _first.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        public void Release() => _gate.Set();

        /// <summary>Until the database was found away by whoever wanted to tell.</summary>
        public Task UntilSilentAsync(FaultWalk walk) =>
            Eventually.IsTrueAsync(
                async () =>
                {
                    try
                    {
                        await walk.App.Get<InboxWriter>().TellOfOthersAsync([], Cancellation);
                        return false;
                    }
                    catch (Exception failure) when (failure is not OperationCanceledException)
                    {
                        return true;
                    }
                },
                "the screens can't be told"
            );

        public void Dispose()
        {
            _gate.Set();
            _listening.Dispose();
            _gate.Dispose();
        }
    }
}
