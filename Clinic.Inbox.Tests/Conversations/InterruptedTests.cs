using System.Diagnostics;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>The app stops, dies or has its clock moved while texts are leaving: none is sent twice, none is forgotten.</summary>
public sealed class InterruptedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_text_that_was_leaving_when_the_app_died_is_unconfirmed(DatabaseKind kind)
    {
        await using var walk = Walk.On(kind);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        await phone.PausesAsync();
        var id = await phone.AnswersAsync("Hi");
        // What a process that dies between its request and the answer leaves behind.
        await using (var db = phone.App.Db())
        {
            (await db.Messages.SingleAsync(m => m.Id == id, Cancellation)).MarkSending(phone.Now);
            await db.SaveChangesAsync(Cancellation);
        }
        await walk.StopAsync();

        await walk.StartAsync();

        var message = await phone.UntilAsync(id, MessageState.Unconfirmed);
        Assert.Contains("interrupted", message.Error, StringComparison.Ordinal);
        await phone.ResumesAsync();
        await phone.UntilAsync(await phone.AnswersAsync("Next"), MessageState.Sent);
        Assert.Equal("Next", Assert.Single(phone.Carried).Text.Split('\n')[0]);
    }

    [Fact]
    public async Task The_app_stops_within_ten_seconds_though_the_carrier_is_silent()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        var throttled = await phone.OnAnotherLineAsync();
        await phone.HearsAsync("Hello");
        await throttled.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Silence);
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);
        phone.Carrier.Next(phone.Number.Value, Answers.Throttle(600));
        await throttled.AnswersAsync("Hi");
        await throttled.UntilCarriedAsync(1);
        var started = Stopwatch.GetTimestamp();

        await walk.StopAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await walk.StartAsync();
        Assert.Equal(MessageState.Unconfirmed, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_day_ahead_while_a_text_leaves_changes_nothing()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        var gate = new TaskCompletionSource();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task, Answers.Throttle(1)));
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);

        phone.App.Clock.Advance(TimeSpan.FromDays(1));
        await phone.App.Get<Sending>().MarkAbandonedAsync(Cancellation);
        Assert.Equal(MessageState.Sending, (await phone.MessageAsync(id)).State);
        gate.SetResult();

        await phone.UntilAsync(id, MessageState.Sent);
        Assert.Equal(2, phone.Carried.Count);
    }

    [Fact]
    public async Task An_answer_that_can_not_be_recorded_at_once_is_recorded_later()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        await RunAsync(phone, "ALTER TABLE \"ParkedReceipts\" RENAME TO \"Away\"");
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);
        await Task.Delay(300, Cancellation);

        await RunAsync(phone, "ALTER TABLE \"Away\" RENAME TO \"ParkedReceipts\"");

        await phone.UntilAsync(id, MessageState.Sent);
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_300_texts_it_sends_none_twice_and_forgets_none()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var first = await walk.SceneAsync();
        var phones = Enumerable.Range(0, 300).Select(_ => first.AnotherPhone()).ToList();
        await first.PausesAsync();
        await Task.WhenAll(
            phones.Select(async phone =>
            {
                await phone.HearsAsync("Hello");
                await phone.AnswersAsync("Hi, Rosa here");
            })
        );
        await walk.StopAsync();
        await ResumeLinesAsync(walk);

        using (var killed = AppProcess.Start(walk))
        {
            await Eventually.IsTrueAsync(
                () => Task.FromResult(walk.Carrier.Texts.Count >= 100),
                "100 texts reach the carrier"
            );
            killed.Kill();
        }
        var before = walk.Carrier.Texts.Count;
        await walk.StartAsync();
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.App.Db();
                return !await db.Messages.AnyAsync(
                    m => m.State == MessageState.Queued || m.State == MessageState.Sending,
                    Cancellation
                );
            },
            "nothing waits any more"
        );

        Assert.InRange(before, 100, 299);
        var carried = walk.Carrier.Texts.GroupBy(t => t.ClientRef).ToList();
        Assert.All(carried, attempts => Assert.Single(attempts));
        await using var after = walk.App.Db();
        var messages = await after
            .Messages.Where(m => m.Direction == MessageDirection.Outbound)
            .ToListAsync(Cancellation);
        Assert.Equal(300, messages.Count);
        Assert.InRange(messages.Count(m => m.State == MessageState.Unconfirmed), 0, 4);
        Assert.All(
            messages,
            m => Assert.True(m.State is MessageState.Sent or MessageState.Unconfirmed)
        );
        Assert.All(
            messages.Where(m => m.State == MessageState.Sent),
            m => Assert.Contains(carried, attempts => attempts.Key == m.Id.ToString())
        );
    }

    private static async Task ResumeLinesAsync(Walk walk)
    {
        var database = walk.Settings!.Single(s => s.Key == "ConnectionStrings:Inbox").Value;
        await using var connection = new SqliteConnection(database);
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE \"Lines\" SET \"PausedReason\" = NULL";
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task RunAsync(Scene phone, string sql)
    {
        await using var db = phone.App.Db();
        await db.Database.ExecuteSqlRawAsync(sql, Cancellation);
    }
}
