using System.Diagnostics;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class CarrierTroubleOnSqliteTests(SqliteWalk walk)
    : CarrierTroubleTests(walk),
        IClassFixture<SqliteWalk>
{
    [Fact]
    public async Task A_carrier_that_never_answers_leaves_the_text_unconfirmed()
    {
        var phone = await Walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Silence);

        var id = await phone.AnswersAsync("Hi");

        var message = await phone.UntilAsync(id, MessageState.Unconfirmed);
        Assert.Contains("may or may not have arrived", message.Error, StringComparison.Ordinal);
        Assert.Single(phone.Carried);
    }
}

public sealed class CarrierTroubleOnPostgresTests(PostgresWalk walk)
    : CarrierTroubleTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Whatever the carrier does, nothing is lost and nothing is sent twice by itself.</summary>
public abstract class CarrierTroubleTests(Walk walk)
{
    protected Walk Walk => walk;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_throttled_line_waits_as_told_and_goes_on_in_order()
    {
        var phone = await walk.SceneAsync();
        var other = phone.AnotherPhone();
        await phone.HearsAsync("Hello");
        await other.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Throttle(2));

        var first = await phone.AnswersAsync("One");
        await phone.UntilCarriedAsync(1);
        // Back in the queue, or on its way again where two seconds passed since.
        await Eventually.IsTrueAsync(
            async () => (await phone.MessageAsync(first)).State is not MessageState.Sending,
            "the carrier's answer is recorded"
        );
        var second = await phone.AnswersAsync("Two");
        var elsewhere = await other.AnswersAsync("Hi");
        await phone.UntilAsync(second, MessageState.Sent);
        await other.UntilAsync(elsewhere, MessageState.Sent);

        Assert.Equal(["One", "One", "Two"], phone.Carried.Select(t => t.Text.Split('\n')[0]));
        // The whole line was told to wait, not the phone. Which of the two is seen first after that is chance.
        Assert.All(
            (CarriedText[])[phone.Carried[1], other.Carried[0]],
            next =>
                Assert.InRange(
                    Stopwatch.GetElapsedTime(phone.Carried[0].At, next.At),
                    TimeSpan.FromSeconds(1.9),
                    TimeSpan.FromMinutes(1)
                )
        );
    }

    [Fact]
    public async Task Throttled_without_a_time_it_tries_again_by_itself()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Throttle(), Answers.Throttle());

        await phone.UntilAsync(await phone.AnswersAsync("Hi"), MessageState.Sent);

        Assert.Equal(3, phone.Carried.Count);
        // Not at once, and the second time later still.
        var (first, second, third) = (
            phone.Carried[0].At,
            phone.Carried[1].At,
            phone.Carried[2].At
        );
        Assert.True(Stopwatch.GetElapsedTime(first, second) > TimeSpan.FromSeconds(0.9));
        Assert.True(Stopwatch.GetElapsedTime(second, third) > TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Without_credit_the_line_pauses_until_an_administrator_resumes_it()
    {
        var phone = await walk.SceneAsync();
        var other = await phone.OnAnotherLineAsync();
        var row = await phone.HearsAsync("Hello");
        await other.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(402, "1070"));
        walk.Told.Clear();

        var first = await phone.AnswersAsync("One");

        await Eventually.IsTrueAsync(
            async () =>
                (await phone.Queries.ComposerAsync(row.Id, Cancellation))?.LinePausedReason
                    is not null,
            "the line is paused"
        );
        // Told right after the commit, which the question above may have seen first.
        await Eventually.IsTrueAsync(
            () => Task.FromResult(walk.Told.Any(told => told is InboxEvent.LineChanged)),
            "the screens are told of the pause"
        );
        var second = await phone.AnswersAsync("Two");
        await other.UntilAsync(await other.AnswersAsync("Elsewhere"), MessageState.Sent);
        Assert.Equal(MessageState.Queued, (await phone.MessageAsync(first)).State);
        Assert.Single(phone.Carried);

        await phone.ResumesAsync();

        await phone.UntilAsync(second, MessageState.Sent);
        Assert.Equal(["One", "One", "Two"], phone.Carried.Select(t => t.Text.Split('\n')[0]));
    }

    [Theory]
    [InlineData(401, "unauthorized", "credentials")]
    [InlineData(403, "forbidden", "account")]
    [InlineData(422, "1120", "sender")]
    public async Task A_refusal_is_told_in_plain_words(int status, string title, string word)
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(status, title));

        var failed = await phone.UntilAsync(await phone.AnswersAsync("Hi"), MessageState.Failed);

        Assert.Equal(title, failed.ErrorCode);
        Assert.Contains(word, failed.Error, StringComparison.Ordinal);
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task A_number_that_opted_out_at_the_carrier_is_opted_out_here()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(422, "1240"));

        await phone.UntilAsync(await phone.AnswersAsync("Hi"), MessageState.Failed);

        Assert.True((await phone.StandingAsync())!.IsOptedOut);
        var composer = await phone.Queries.ComposerAsync(row.Id, Cancellation);
        Assert.Equal("optedOut", composer!.Gate.Code);
    }

    public static TheoryData<string> Unclear => ["500", "drop", "half"];

    [Theory]
    [MemberData(nameof(Unclear))]
    public async Task Without_a_clear_answer_a_text_is_unconfirmed_and_never_sent_again_by_itself(
        string how
    )
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(
            phone.Number.Value,
            how switch
            {
                "500" => Answers.Problem(500, "1030"),
                "drop" => Answers.Drop,
                _ => Answers.Half,
            }
        );

        var id = await phone.AnswersAsync("Hi");
        await phone.UntilAsync(id, MessageState.Unconfirmed);
        // The line goes on: what comes after it leaves, it does not.
        await phone.UntilAsync(await phone.AnswersAsync("Next"), MessageState.Sent);

        Assert.Equal(1, phone.Carried.Count(t => t.ClientRef == id.ToString()));
        Assert.Equal(MessageState.Unconfirmed, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task Staff_who_know_that_it_arrived_say_so()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Drop);
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilAsync(id, MessageState.Unconfirmed);

        await phone.Desk.AssumeSentAsync(id, Scene.Receptionist, Cancellation);

        Assert.Equal(MessageState.Sent, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task A_carrier_out_of_reach_is_tried_until_it_is_back()
    {
        await using var own = Walk.On(walk.Kind);
        var phone = await own.SceneAsync();
        await phone.HearsAsync("Hello");
        await own.Carrier.VanishAsync();
        var id = await phone.AnswersAsync("Hi");
        await Eventually.IsTrueAsync(
            async () =>
                await phone.MessageAsync(id)
                    is { AttemptedAt: not null, State: MessageState.Queued },
            "it was tried and is back in the queue"
        );

        await own.Carrier.ReturnAsync();

        await phone.UntilAsync(id, MessageState.Sent);
        Assert.Single(phone.Carried);
    }
}
