using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

public sealed class SecondOptInOnSqliteTests(SqliteWalk walk)
    : SecondOptInTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class SecondOptInOnPostgresTests(PostgresWalk walk)
    : SecondOptInTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Where the clinic asks for a second opt-in: the first text asks, and what needs consent waits for the YES.</summary>
public abstract class SecondOptInTests(Walk walk)
{
    private const string Asks = "Reply YES to get more texts from us";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_text_asks_and_the_next_waits_until_the_phone_said_yes()
    {
        var phone = await SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.UntilAsync(await phone.RemindsAsync("Bella is due."), MessageState.Sent);
        Assert.Contains(Asks, phone.Carried[0].Text, StringComparison.Ordinal);

        var refused = Assert.IsType<EnqueueResult.Refused>(
            await phone.EnqueueAsync("Bella is overdue.")
        );
        Assert.Equal(GateDecision.NoConsent, refused.Code);
        Assert.Contains("to reply YES", refused.Reason, StringComparison.Ordinal);

        await phone.HearsAsync("YES");

        await phone.UntilCarriedAsync(2);
        Assert.Contains("Thank you", phone.Carried[1].Text, StringComparison.Ordinal);
        await phone.UntilAsync(await phone.RemindsAsync("Bella is overdue."), MessageState.Sent);
        Assert.DoesNotContain(Asks, phone.Carried[2].Text, StringComparison.Ordinal);
        var history = await phone.App.Get<ConsentBook>().HistoryAsync(client.Id, Cancellation);
        Assert.Equal(2, history.Count);
        Assert.Equal((ConsentMethod.Text, "Ana Cole"), (history[0].Method, history[0].By));
        Assert.Contains(Asks, history[0].Terms, StringComparison.Ordinal);
        Assert.Contains("Replied: “YES”", history[0].Terms, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_were_queued_at_once_are_one_that_asks_and_one_that_is_stopped()
    {
        var phone = await SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.PausesAsync();
        var first = await phone.RemindsAsync("Bella is due.");
        var second = await phone.RemindsAsync("Max is due.");

        await phone.ResumesAsync();

        await phone.UntilAsync(first, MessageState.Sent);
        Assert.Equal(
            GateDecision.NoConsent,
            (await phone.UntilAsync(second, MessageState.Failed)).ErrorCode
        );
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task A_first_text_that_failed_has_asked_nobody()
    {
        var phone = await SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        phone.Carrier.Next(phone.Number.Value, Answers.Problem(422, "1330", "Unknown"));
        await phone.UntilAsync(await phone.RemindsAsync("Bella is due."), MessageState.Failed);

        await phone.UntilAsync(await phone.RemindsAsync("Bella is due."), MessageState.Sent);

        Assert.Contains(Asks, phone.Carried[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_texts_first_is_answered_meanwhile()
    {
        var phone = await SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.HearsAsync("Do you have time on Friday?");
        await phone.UntilAsync(await phone.AnswersAsync("Yes, at 3."), MessageState.Sent);
        Assert.Contains(Asks, phone.Carried[0].Text, StringComparison.Ordinal);

        await phone.UntilAsync(await phone.AnswersAsync("Or at 4."), MessageState.Sent);

        Assert.IsType<EnqueueResult.Refused>(await phone.EnqueueAsync("Bella is due."));
    }

    [Fact]
    public async Task A_number_that_was_texted_before_is_not_asked()
    {
        var phone = await SceneAsync();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await using (var db = phone.App.Db())
        {
            var standing = new NumberStanding(phone.Number);
            standing.Introduced(phone.Now.AddDays(-30));
            db.NumberStandings.Add(standing);
            await db.SaveChangesAsync(Cancellation);
        }

        await phone.UntilAsync(await phone.RemindsAsync("Bella is due."), MessageState.Sent);
        await phone.UntilAsync(await phone.RemindsAsync("Max is due."), MessageState.Sent);

        Assert.All(
            phone.Carried,
            text => Assert.DoesNotContain(Asks, text.Text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_yes_without_consent_on_record_grants_none()
    {
        var phone = await SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole");
        await phone.HearsAsync("Hello");
        await phone.UntilAsync(await phone.AnswersAsync("Hello Ana."), MessageState.Sent);

        await phone.HearsAsync("YES");

        Assert.Empty(await phone.App.Get<ConsentBook>().HistoryAsync(client.Id, Cancellation));
    }

    private async Task<Scene> SceneAsync()
    {
        var phone = await walk.SceneAsync();
        await phone
            .App.Get<ConsentSettingsBook>()
            .SaveAsync(new ConsentSettings(SecondOptIn: true), Scene.Receptionist, Cancellation);
        return phone;
    }
}
