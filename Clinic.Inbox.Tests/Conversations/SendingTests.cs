using System.Diagnostics;
using System.Net;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class SendingOnSqliteTests(SqliteWalk walk)
    : SendingTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class SendingOnPostgresTests(PostgresWalk walk)
    : SendingTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Walk 2: from a sentence to the carrier, through the whole app.</summary>
public abstract class SendingTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_to_one_phone_leave_in_the_order_they_were_written()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        string[] written = ["One", "Two", "Three", "Four", "Five", "Six"];

        foreach (var text in written)
        {
            await phone.AnswersAsync(text);
        }

        await phone.UntilCarriedAsync(written.Length);
        Assert.Equal(written, phone.Carried.Select(t => t.Text.Split('\n')[0]));
    }

    [Fact]
    public async Task Staff_come_before_the_system_and_the_system_before_reminders()
    {
        var reminded = await walk.SceneAsync(messagesPerSecond: 4);
        await reminded.ClientAsync("Ana", "Cole", consents: true);
        var (helped, answered) = (reminded.AnotherPhone(), reminded.AnotherPhone());
        await reminded.PausesAsync();
        await reminded.RemindsAsync("Bella is due.");
        await helped.HearsAsync("HELP");
        await answered.HearsAsync("Hello");
        await answered.AnswersAsync("Hi, Rosa here");

        await reminded.ResumesAsync();

        await reminded.UntilCarriedAsync(1);
        // As they were taken from the queue: on the wire a slow request may be overtaken by the next.
        await using var db = reminded.App.Db();
        var order = await db
            .Messages.Where(m => m.LineId == reminded.Line.Id && m.AttemptedAt != null)
            .OrderBy(m => m.AttemptedAt)
            .Select(m => m.Number)
            .ToListAsync(Cancellation);
        Assert.Equal([answered.Number, helped.Number, reminded.Number], order);
    }

    [Fact]
    public async Task A_line_keeps_its_pace()
    {
        var first = await walk.SceneAsync(messagesPerSecond: 1);
        var phones = Enumerable.Range(0, 4).Select(_ => first.AnotherPhone()).ToList();
        await first.PausesAsync();
        foreach (var phone in phones)
        {
            await phone.HearsAsync("Hello");
            await phone.AnswersAsync("Hi");
        }

        await first.ResumesAsync();

        foreach (var phone in phones)
        {
            await phone.UntilCarriedAsync(1);
        }
        var times = phones.Select(p => p.Carried[0].At).Order().ToList();
        // Three waits of a second; a slow first request may eat one.
        Assert.InRange(
            Stopwatch.GetElapsedTime(times[0], times[^1]),
            TimeSpan.FromSeconds(2),
            TimeSpan.FromMinutes(1)
        );
    }

    [Fact]
    public async Task A_slow_answer_holds_up_its_own_phone_only()
    {
        var slow = await walk.SceneAsync();
        var (quick, gate) = (slow.AnotherPhone(), new TaskCompletionSource());
        slow.Carrier.Next(slow.Number.Value, Answers.Held(gate.Task));
        await slow.HearsAsync("Hello");
        await quick.HearsAsync("Hello");
        await slow.AnswersAsync("One");
        var second = await slow.AnswersAsync("Two");
        await slow.UntilCarriedAsync(1);

        await quick.UntilAsync(await quick.AnswersAsync("Hi"), MessageState.Sent);

        Assert.Single(slow.Carried);
        Assert.Equal(MessageState.Queued, (await slow.MessageAsync(second)).State);
        gate.SetResult();
        await slow.UntilAsync(second, MessageState.Sent);
    }

    [Fact]
    public async Task A_line_that_waits_does_not_hold_up_another()
    {
        var waiting = await walk.SceneAsync();
        var other = await waiting.OnAnotherLineAsync();
        await waiting.HearsAsync("Hello");
        await other.HearsAsync("Hello");
        waiting.Carrier.Next(waiting.Number.Value, Answers.Throttle(600));
        var held = await waiting.AnswersAsync("Later");
        await waiting.UntilCarriedAsync(1);

        await other.UntilAsync(await other.AnswersAsync("Now"), MessageState.Sent);

        await waiting.UntilAsync(held, MessageState.Queued);
    }

    [Fact]
    public async Task Consent_withdrawn_while_a_text_waits_keeps_it_from_leaving()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.PausesAsync();
        var reminder = await phone.RemindsAsync("Bella is due.");
        await phone.ConsentsAsync(client.Id, action: ConsentAction.Withdrawn);

        await phone.ResumesAsync();

        var failed = await phone.UntilAsync(reminder, MessageState.Failed);
        Assert.Equal(GateDecision.NoConsent, failed.ErrorCode);
        Assert.StartsWith("Not sent.", failed.Error, StringComparison.Ordinal);
        Assert.Empty(phone.Carried);
    }

    [Fact]
    public async Task The_first_text_and_only_that_names_the_clinic_and_how_to_stop()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");

        var first = await phone.AnswersAsync("One");
        await phone.UntilAsync(await phone.AnswersAsync("Two"), MessageState.Sent);

        Assert.Equal("One\n\n" + Suffix, phone.Carried[0].Text);
        Assert.Equal("Two", phone.Carried[1].Text);
        var sent = await phone.MessageAsync(first);
        Assert.Equal(SmsText.Analyze(sent.FullText).Segments.Value, sent.Segments);
    }

    [Fact]
    public async Task When_the_first_text_fails_the_next_one_says_it()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(422, "1170"));
        await phone.UntilAsync(await phone.AnswersAsync("One"), MessageState.Failed);

        await phone.UntilAsync(await phone.AnswersAsync("Two"), MessageState.Sent);

        Assert.EndsWith(Suffix, phone.Carried[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_text_must_fit_with_what_is_added_to_it()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Hello");
        var room = Outbox.LongestText - Suffix.Length - 2;

        var refused = await phone.Desk.SendAsync(
            row.Id,
            new string('a', room + 1),
            [],
            Scene.Receptionist,
            Cancellation
        );
        await phone.AnswersAsync(new string('a', room));

        Assert.Equal("textTooLong", Assert.IsType<EnqueueResult.Refused>(refused).Code);
        await phone.UntilCarriedAsync(1);
        Assert.Equal(Outbox.LongestText, phone.Carried[0].Text.Length);
    }

    [Fact]
    public async Task The_screens_see_every_state_on_the_way()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");

        // On PostgreSQL what is told is what is true by then: no step may overtake what is told of the one before.
        await phone.PausesAsync();
        var id = await phone.AnswersAsync("Hi");
        await phone.ResumesAsync();
        var sent = await phone.UntilAsync(id, MessageState.Sent);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(Seen().Contains(MessageState.Sent)),
            "the screens see that it was sent"
        );
        await phone.ReceiptAsync(sent.CarrierId!, "delivered", id.ToString());

        Assert.Equal(
            [MessageState.Queued, MessageState.Sending, MessageState.Sent, MessageState.Delivered],
            Seen()
        );
        Assert.NotNull((await phone.MessageAsync(id)).DeliveredAt);

        IEnumerable<MessageState> Seen() =>
            walk
                .Told.OfType<InboxEvent.MessageChanged>()
                .Where(m => m.Message.Id == id)
                .Select(m => m.Message.State);
    }

    [Fact]
    public async Task A_refused_text_says_why_in_plain_words_and_can_be_sent_again()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(422, "1170", "Invalid MSISDN"));
        var id = await phone.AnswersAsync("Hi");
        var failed = await phone.UntilAsync(id, MessageState.Failed);
        Assert.Equal("1170", failed.ErrorCode);
        Assert.Contains("not a number that can be texted", failed.Error, StringComparison.Ordinal);

        Assert.Equal(
            DeskResult.Done,
            await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation)
        );

        var sent = await phone.UntilAsync(id, MessageState.Sent);
        Assert.Null(sent.Error);
        Assert.Equal(phone.Carried[1].Uuid, sent.CarrierId);
        Assert.Equal(
            DeskResult.NotNow,
            await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation)
        );
    }

    [Fact]
    public async Task A_conversation_deleted_while_its_text_leaves_does_not_stop_the_line()
    {
        var phone = await walk.SceneAsync();
        var (other, gate) = (phone.AnotherPhone(), new TaskCompletionSource());
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task));
        var row = await phone.HearsAsync("Hello");
        await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);
        Assert.Equal(
            DeskResult.Done,
            await phone
                .App.Get<DeletingConversations>()
                .DeleteAsync(row.Id, Scene.Receptionist, Cancellation)
        );

        gate.SetResult();

        await other.HearsAsync("Hello");
        await other.UntilAsync(await other.AnswersAsync("Still here"), MessageState.Sent);
        // Its receipt belongs to nothing any more, and is taken all the same.
        Assert.Equal(
            HttpStatusCode.OK,
            await phone.ReceiptAsync(phone.Carried[0].Uuid, "delivered", phone.Carried[0].ClientRef)
        );
    }

    [Fact]
    public async Task What_is_queued_in_a_conversation_that_is_deleted_never_leaves()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Hello");
        await phone.PausesAsync();
        await phone.AnswersAsync("Hi");
        await phone
            .App.Get<DeletingConversations>()
            .DeleteAsync(row.Id, Scene.Receptionist, Cancellation);

        await phone.ResumesAsync();

        var other = phone.AnotherPhone();
        await other.HearsAsync("Hello");
        await other.UntilAsync(await other.AnswersAsync("Hi"), MessageState.Sent);
        Assert.Empty(phone.Carried);
    }

    private static string Suffix =>
        SystemTexts.Standard(TemplateKind.FirstMessageSuffix, new ClinicProfile());
}
