using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Consent;

public sealed class OptOutQuestionOnSqliteTests(SqliteWalk walk)
    : OptOutQuestionTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class OptOutQuestionOnPostgresTests(PostgresWalk walk)
    : OptOutQuestionTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Texts that may have been meant as an opt-out, and machines that answer each other.</summary>
public abstract class OptOutQuestionTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stpo", MessageKeyword.PossibleOptOut)]
    [InlineData("You have the wrong number", MessageKeyword.WrongNumber)]
    public async Task Until_staff_decide_only_a_persons_words_leave(
        string text,
        MessageKeyword keyword
    )
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        var row = await phone.HearsAsync(text);
        Assert.True(row.AwaitsOptOutDecision);
        Assert.Equal(keyword, (await phone.ThreadAsync())[0].Keyword);
        var reminder = await phone.RemindsAsync("Bella is due.");

        await phone.UntilAsync(
            await phone.AnswersAsync("Shall we stop texting you?"),
            MessageState.Sent
        );

        Assert.Equal(MessageState.Queued, (await phone.MessageAsync(reminder)).State);
        Assert.False((await phone.StandingAsync())!.IsOptedOut);
        Assert.Equal(
            DeskResult.Done,
            await phone.Desk.DecideOptOutAsync(
                row.Id,
                optOut: false,
                Scene.Receptionist,
                Cancellation
            )
        );
        await phone.UntilAsync(reminder, MessageState.Sent);
        Assert.False((await phone.RowAsync()).AwaitsOptOutDecision);
    }

    [Fact]
    public async Task Staff_say_that_it_was_one_and_everything_stops()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        var row = await phone.HearsAsync("stpo");
        var reminder = await phone.RemindsAsync("Bella is due.");

        await phone.Desk.DecideOptOutAsync(row.Id, optOut: true, Scene.Receptionist, Cancellation);

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Contains(
            "You are opted out",
            Assert.Single(phone.Carried).Text,
            StringComparison.Ordinal
        );
        Assert.Equal("optedOut", (await phone.MessageAsync(reminder)).ErrorCode);
        Assert.Equal(
            DeskResult.NotNow,
            await phone.Desk.DecideOptOutAsync(
                row.Id,
                optOut: true,
                Scene.Receptionist,
                Cancellation
            )
        );
    }

    [Fact]
    public async Task A_plain_stop_answers_the_question()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("stpo");

        await phone.HearsAsync("STOP");

        Assert.False((await phone.RowAsync()).AwaitsOptOutDecision);
        Assert.False(phone.Told[^1].Row.AwaitsOptOutDecision);
        Assert.True((await phone.StandingAsync())!.IsOptedOut);
    }

    [Fact]
    public async Task Two_machines_that_answer_each_other_stop()
    {
        await using var own = Walk.On(walk.Kind);
        var phone = await own.SceneAsync();
        for (var i = 0; i < KeywordAnswers.MostAnswersAnHour + 5; i++)
        {
            await phone.TextsAsync(i % 2 == 0 ? "HELP" : "START");
        }
        await phone.UntilCarriedAsync(KeywordAnswers.MostAnswersAnHour);
        await phone.UntilQuietAsync();
        Assert.Equal(KeywordAnswers.MostAnswersAnHour, phone.Carried.Count);

        // An opt-out is confirmed all the same, and an hour later people are answered again.
        await phone.TextsAsync("STOP");
        await phone.UntilCarriedAsync(KeywordAnswers.MostAnswersAnHour + 1);
        own.App.Clock.Advance(TimeSpan.FromMinutes(61));
        await phone.TextsAsync("HELP");
        await phone.UntilCarriedAsync(KeywordAnswers.MostAnswersAnHour + 2);
    }
}
