using System.Net;
using System.Text.Json;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class ReceivingOnSqliteTests(SqliteWalk walk)
    : ReceivingTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class ReceivingOnPostgresTests(PostgresWalk walk)
    : ReceivingTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Walk 1: from the carrier's webhook to a row of the inbox, through the whole app.</summary>
public abstract class ReceivingTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_that_arrives_64_times_at_once_is_stored_once()
    {
        var phone = await walk.SceneAsync();
        var uuid = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => phone.TextsAsync("Is Bella ready?", uuid))
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        var message = Assert.Single(await phone.ThreadAsync());
        Assert.Equal("Is Bella ready?", message.Text);
        Assert.Equal(1, (await phone.RowAsync()).Unread);
    }

    [Fact]
    public async Task Texts_that_race_share_one_open_conversation()
    {
        var phone = await walk.SceneAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(n => phone.TextsAsync($"Text {n}"))
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        var row = await phone.RowAsync();
        Assert.Equal(40, row.Unread);
        Assert.Equal(40, (await phone.ThreadAsync()).Count);
        Assert.Equal(40, phone.Told[^1].Row.Unread);
    }

    [Fact]
    public async Task After_a_burst_the_screens_know_what_the_database_knows()
    {
        var first = await walk.SceneAsync();
        var phones = Enumerable.Range(0, 8).Select(_ => first.AnotherPhone()).ToList();

        await Task.WhenAll(
            phones.SelectMany(phone =>
                Enumerable.Range(0, 8).Select(n => phone.TextsAsync($"Text {n}"))
            )
        );

        Assert.All(phones, phone => Assert.Equal(8, phone.Told[^1].Row.Unread));
        var unread = await first.Queries.UnreadAsync(Cancellation);
        Assert.Equal(unread, walk.Told.OfType<InboxEvent.CountChanged>().Last().Unread);
    }

    [Fact]
    public async Task A_late_text_changes_neither_preview_nor_time_of_the_row()
    {
        var phone = await walk.SceneAsync();
        var now = phone.Now;
        await phone.TextsAsync("Second", at: now.AddMinutes(-1));

        await phone.TextsAsync("First", at: now.AddMinutes(-5));

        var row = await phone.RowAsync();
        Assert.Equal("Second", row.Preview);
        Assert.Equal(Micros.Of(now.AddMinutes(-1)), Micros.Of(row.LastMessageAt));
        Assert.Equal(2, row.Unread);
        Assert.Equal(["First", "Second"], (await phone.ThreadAsync()).Select(m => m.Text));
    }

    [Fact]
    public async Task A_late_text_does_not_hide_that_the_last_word_was_ours()
    {
        var phone = await walk.SceneAsync();
        await phone.TextsAsync("Hello", at: phone.Now.AddMinutes(-9));
        await phone.AnswersAsync("Hi, Rosa here");

        await phone.TextsAsync("Anyone?", at: phone.Now.AddMinutes(-8));

        var row = await phone.RowAsync();
        Assert.True(row.LastWasOurs);
        Assert.Equal("Hi, Rosa here", row.Preview);
    }

    [Fact]
    public async Task A_text_that_the_carrier_held_back_for_hours_keeps_its_time()
    {
        var phone = await walk.SceneAsync();
        var sent = phone.Now.AddHours(-23);

        Assert.Equal(HttpStatusCode.OK, await phone.TextsAsync("Held back", at: sent));

        Assert.Equal(Micros.Of(sent), Micros.Of(Assert.Single(await phone.ThreadAsync()).At));
    }

    [Theory]
    [InlineData(-74)]
    [InlineData(5)]
    public async Task A_time_that_can_not_be_is_replaced_by_ours(int hours)
    {
        var phone = await walk.SceneAsync();
        var before = phone.Now.AddSeconds(-1);

        await phone.TextsAsync("When was that?", at: phone.Now.AddHours(hours));

        var at = Assert.Single(await phone.ThreadAsync()).At;
        Assert.InRange(at, before, phone.Now);
    }

    [Fact]
    public async Task A_text_to_a_number_that_is_no_line_is_kept_in_quarantine()
    {
        var phone = await walk.SceneAsync();
        var stranger = Walk.NewNumber();

        using var answer = await phone.App.ReceiveAsync(
            phone.Number.Digits,
            "Who is this?",
            to: stranger.Digits
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = phone.App.Db();
        var kept = await db
            .Quarantine.Where(q => q.RawBody.Contains(stranger.Digits))
            .SingleAsync(Cancellation);
        Assert.Equal("inbound", kept.Kind);
        Assert.False(await db.Messages.AnyAsync(m => m.Number == phone.Number, Cancellation));
    }

    [Fact]
    public async Task The_only_client_who_has_the_number_is_recognised()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Maria", "O'Keefe");

        var row = await phone.HearsAsync("It's me");

        Assert.Equal(client.Id, row.ClientId);
        Assert.Equal("Maria O'Keefe", row.ClientName);
        Assert.Equal(client.Id, phone.Told[^1].Row.ClientId);
    }

    [Fact]
    public async Task Two_clients_who_share_a_number_are_both_offered()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Maria", "Ruiz");
        await phone.ClientAsync("Juan", "Ruiz");

        var row = await phone.HearsAsync("It's us");

        Assert.Null(row.ClientId);
        var owners = await phone.Queries.OwnersAsync(phone.Number, Cancellation);
        Assert.Equal(["Juan", "Maria"], owners.Select(c => c.FirstName).Order());
    }

    [Fact]
    public async Task A_reply_to_a_reminder_starts_a_conversation_that_shows_it()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        var reminder = await phone.RemindsAsync("Bella is due for her vaccine.");
        await phone.UntilAsync(reminder, MessageState.Sent);
        Assert.Null(await phone.OpenRowAsync());

        await phone.HearsAsync("Can we come on Monday?");

        Assert.Equal(
            ["Bella is due for her vaccine.", "Can we come on Monday?"],
            (await phone.ThreadAsync()).Select(m => m.Text)
        );
    }

    [Fact]
    public async Task A_reply_in_an_open_conversation_shows_the_reminder_too()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        var row = await phone.HearsAsync("Hello");
        var reminder = await phone.RemindsAsync("Bella is due for her vaccine.");
        await phone.UntilAsync(reminder, MessageState.Sent);

        await phone.HearsAsync("Can we come on Monday?");

        Assert.Equal(reminder, (await phone.ThreadAsync())[1].Id);
        Assert.Contains(
            walk.Told.OfType<InboxEvent.MessageChanged>(),
            told => told.ConversationId == row.Id && told.Message.Id == reminder
        );
    }

    [Fact]
    public async Task A_reminder_that_failed_is_not_what_a_text_answers()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(422, "1170"));
        await phone.UntilAsync(await phone.RemindsAsync("Never arrived"), MessageState.Failed);

        await phone.HearsAsync("Hello");

        Assert.Equal(["Hello"], (await phone.ThreadAsync()).Select(m => m.Text));
    }

    [Fact]
    public async Task The_next_text_after_closing_opens_a_new_conversation()
    {
        var phone = await walk.SceneAsync();
        var first = await phone.HearsAsync("Thanks, bye");
        Assert.Equal(
            DeskResult.Done,
            await phone.Desk.CloseAsync(first.Id, Scene.Receptionist, Cancellation)
        );
        Assert.Null(await phone.OpenRowAsync());

        var second = await phone.HearsAsync("One more thing");

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(1, second.Unread);
        var earlier = Assert.Single(await phone.Queries.EarlierAsync(second, Cancellation));
        Assert.Equal(first.Id, earlier.Id);
    }

    [Fact]
    public async Task Read_by_one_is_read_by_all_and_can_be_unread_again()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("One");
        var row = await phone.HearsAsync("Two");
        Assert.Equal(2, row.Unread);

        await phone.Desk.MarkReadAsync(row.Id, Cancellation);
        Assert.Equal(0, (await phone.RowAsync()).Unread);
        Assert.Equal(0, phone.Told[^1].Row.Unread);

        await phone.Desk.MarkUnreadAsync(row.Id, Cancellation);
        Assert.Equal(1, (await phone.RowAsync()).Unread);
        Assert.Equal(
            await phone.Queries.UnreadAsync(Cancellation),
            walk.Told.OfType<InboxEvent.CountChanged>().Last().Unread
        );
    }

    [Fact]
    public async Task The_feed_brings_the_row_ready_made_and_flashes_for_clients_only()
    {
        var phone = await walk.SceneAsync();

        var row = await phone.HearsAsync("Hello");
        await phone.AnswersAsync("Hi, Rosa here");

        Assert.Equal(row, phone.Told[0].Row);
        Assert.True(phone.Told[0].Flash);
        Assert.False(phone.Told[1].Flash);
        Assert.Equal(await phone.RowAsync(), phone.Told[1].Row);
        var message = walk
            .Told.OfType<InboxEvent.MessageChanged>()
            .First(m => m.ConversationId == row.Id);
        Assert.Equal("Hello", message.Message.Text);
        Assert.Equal(MessageState.Received, message.Message.State);
    }

    [Theory]
    [InlineData("NUL \\u0000 inside", "NUL \uFFFD inside")]
    [InlineData("half \\ud83d of an emoji", "half \uFFFD of an emoji")]
    [InlineData("\\udc36 the other half", "\uFFFD the other half")]
    [InlineData("whole \\ud83d\\udc36 dog", "whole 🐶 dog")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    public async Task Whatever_a_phone_writes_is_stored(string json, string stored)
    {
        var phone = await walk.SceneAsync();

        var answer = await phone.App.PostWebhookAsync("inbound", Body(phone, json));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(stored, Assert.Single(await phone.ThreadAsync()).Text);
    }

    [Fact]
    public async Task Twenty_thousand_characters_are_stored_and_previewed_in_a_line()
    {
        var phone = await walk.SceneAsync();
        var text = string.Concat(Enumerable.Repeat("🐕 x", 5_000));

        var row = await phone.HearsAsync(text);

        Assert.Equal(text, Assert.Single(await phone.ThreadAsync()).Text);
        Assert.InRange(row.Preview.Length, 1, Conversation.PreviewLength);
        Assert.DoesNotContain('\uFFFD', row.Preview);
    }

    [Fact]
    public async Task A_text_from_one_of_our_own_lines_is_stored_and_never_answered()
    {
        var phone = await walk.SceneAsync();
        var other = await phone.OnAnotherLineAsync();

        using var answer = await phone.App.ReceiveAsync(
            other.Line.Number.Digits,
            "HELP",
            to: phone.Line.Number.Digits
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = phone.App.Db();
        var stored = await db
            .Messages.Where(m => m.Number == other.Line.Number)
            .ToListAsync(Cancellation);
        Assert.Equal(MessageDirection.Inbound, Assert.Single(stored).Direction);
    }

    private static string Body(Scene phone, string escaped) =>
        $$"""
            { "channel": "sms", "message_type": "text", "message_uuid": "{{Guid.NewGuid()}}",
              "to": "{{phone.Line.Number.Digits}}", "from": "{{phone.Number.Digits}}",
              "timestamp": {{JsonSerializer.Serialize(phone.Now)}}, "text": "{{escaped}}" }
            """;
}
