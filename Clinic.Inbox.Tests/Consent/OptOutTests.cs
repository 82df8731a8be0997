using System.Net;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Consent;

public sealed class OptOutOnSqliteTests(SqliteWalk walk)
    : OptOutTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class OptOutOnPostgresTests(PostgresWalk walk)
    : OptOutTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>STOP and its kin, through the whole app: everything stops at once, and exactly one answer confirms it.</summary>
public abstract class OptOutTests(Walk walk)
{
    private const string Confirmed = "You are opted out";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_sent_five_times_is_confirmed_once(bool whileTheLineWaits)
    {
        var phone = await walk.SceneAsync();
        if (whileTheLineWaits)
        {
            await phone.PausesAsync();
        }

        for (var i = 0; i < 5; i++)
        {
            await phone.TextsAsync("STOP");
        }
        if (whileTheLineWaits)
        {
            await phone.ResumesAsync();
        }

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Contains(Confirmed, Assert.Single(phone.Carried).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", phone.Carried[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_sent_five_times_at_once_is_confirmed_once()
    {
        var phone = await walk.SceneAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => phone.TextsAsync("STOP"))
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
        await using var db = phone.App.Db();
        Assert.Equal(
            5,
            await db.OptOutRecords.CountAsync(o => o.Number == phone.Number, Cancellation)
        );
    }

    [Fact]
    public async Task After_a_stop_nothing_that_waited_leaves()
    {
        var phone = await walk.SceneAsync(messagesPerSecond: 10);
        await phone.HearsAsync("Hello");
        // However long it takes to write them, most still wait when the client has enough.
        await phone.PausesAsync();
        for (var i = 0; i < 200; i++)
        {
            await phone.AnswersAsync($"Text {i}");
        }
        await phone.ResumesAsync();
        await phone.UntilCarriedAsync(3);

        await phone.TextsAsync("STOP");

        await phone.UntilQuietAsync();
        await using var db = phone.App.Db();
        var messages = await db
            .Messages.Where(m =>
                m.Number == phone.Number && m.Direction == MessageDirection.Outbound
            )
            .ToListAsync(Cancellation);
        var confirmation = Assert.Single(messages, m => m.Kind == MessageKind.System);
        var others = messages.Where(m => m.Kind != MessageKind.System).ToList();
        Assert.All(
            others,
            m =>
                Assert.True(
                    m is { State: MessageState.Failed, ErrorCode: "optedOut" }
                        || m.AttemptedAt <= confirmation.At,
                    $"{m.Text} left after the opt-out"
                )
        );
        Assert.Contains(others, m => m.State == MessageState.Failed);
        Assert.Equal(
            messages.Count(m => m.AttemptedAt is not null),
            phone.Carried.Select(t => t.ClientRef).Distinct().Count()
        );
        Assert.Equal(200, others.Count);
    }

    [Fact]
    public async Task Stop_withdraws_every_consent_and_start_brings_back_the_transactional_one_only()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.ConsentsAsync(client.Id, ConsentCategory.Marketing);

        await phone.TextsAsync("STOP");
        Assert.Equal((false, false, ReminderPreference.None), await ConsentsOfAsync(phone, client));
        await phone.TextsAsync("START");

        Assert.Equal((true, false, ReminderPreference.Sms), await ConsentsOfAsync(phone, client));
        Assert.False((await phone.StandingAsync())!.IsOptedOut);
        await phone.UntilCarriedAsync(2);
        Assert.Contains(
            "You will get our texts again",
            phone.Carried[1].Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Start_grants_nothing_that_was_not_there_before()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole");

        await phone.TextsAsync("STOP");
        await phone.TextsAsync("START");
        await phone.TextsAsync("START");

        Assert.False((await ConsentsOfAsync(phone, client)).Transactional);
    }

    [Fact]
    public async Task Who_gets_reminders_by_email_keeps_them()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await using (var db = phone.App.Db())
        {
            await db
                .Clients.Where(c => c.Id == client.Id)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(c => c.ReminderPreference, ReminderPreference.Email),
                    Cancellation
                );
        }

        await phone.TextsAsync("STOP");
        Assert.Equal(ReminderPreference.Email, (await ConsentsOfAsync(phone, client)).Preference);
        await phone.TextsAsync("START");
        Assert.Equal(ReminderPreference.Email, (await ConsentsOfAsync(phone, client)).Preference);
    }

    [Fact]
    public async Task A_start_that_the_carrier_held_back_does_not_undo_a_later_stop()
    {
        var phone = await walk.SceneAsync();
        await phone.TextsAsync("STOP", at: phone.Now.AddMinutes(-10));

        await phone.TextsAsync("START", at: phone.Now.AddMinutes(-20));
        Assert.True((await phone.StandingAsync())!.IsOptedOut);
        await phone.TextsAsync("START", at: phone.Now.AddMinutes(-5));
        Assert.False((await phone.StandingAsync())!.IsOptedOut);

        await phone.UntilCarriedAsync(2);
        await phone.UntilQuietAsync();
        Assert.Equal(2, phone.Carried.Count);
    }

    [Fact]
    public async Task Help_says_who_this_is_and_how_to_stop_even_to_who_opted_out()
    {
        var phone = await walk.SceneAsync();
        await phone.TextsAsync("STOP");

        await phone.TextsAsync("HELP");

        await phone.UntilCarriedAsync(2);
        Assert.StartsWith("Our clinic:", phone.Carried[1].Text, StringComparison.Ordinal);
        Assert.Contains("Reply STOP to opt out", phone.Carried[1].Text, StringComparison.Ordinal);
        Assert.True((await phone.StandingAsync())!.IsOptedOut);
    }

    [Fact]
    public async Task Cancel_alone_opts_out_and_tells_staff_that_an_appointment_may_be_meant()
    {
        var phone = await walk.SceneAsync();

        await phone.TextsAsync("Cancel");

        Assert.Equal(MessageKeyword.OptOutByCancel, (await phone.ThreadAsync())[0].Keyword);
        Assert.True((await phone.StandingAsync())!.IsOptedOut);
        await phone.UntilCarriedAsync(1);
    }

    [Fact]
    public async Task The_composer_is_locked_with_the_reason()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("STOP");

        var composer = await phone.Queries.ComposerAsync(row.Id, Cancellation);
        var sent = await phone.Desk.SendAsync(row.Id, "Hi", [], Scene.Receptionist, Cancellation);

        Assert.False(composer!.Gate.Allowed);
        Assert.Equal("optedOut", composer.Gate.Code);
        Assert.Contains(
            "until the client texts START",
            composer.Gate.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal("optedOut", Assert.IsType<EnqueueResult.Refused>(sent).Code);
    }

    [Fact]
    public async Task Stop_on_one_line_stops_every_line()
    {
        var phone = await walk.SceneAsync();
        var other = await phone.OnAnotherLineAsync();
        var row = await other.HearsAsync("Hello");

        await phone.TextsAsync("STOP");

        var sent = await other.Desk.SendAsync(row.Id, "Hi", [], Scene.Receptionist, Cancellation);
        Assert.Equal("optedOut", Assert.IsType<EnqueueResult.Refused>(sent).Code);
    }

    [Theory]
    [InlineData(LineType.TollFree, false)]
    [InlineData(LineType.LongCode, true)]
    public async Task Where_the_carrier_confirms_we_record_and_are_silent(
        LineType type,
        bool carrierConfirms
    )
    {
        var phone = await walk.SceneAsync(type);
        await using (var db = phone.App.Db())
        {
            (
                await db.Lines.SingleAsync(l => l.Id == phone.Line.Id, Cancellation)
            ).LeaveOptOutToCarrier(carrierConfirms);
            await db.SaveChangesAsync(Cancellation);
        }

        await phone.TextsAsync("STOP");
        Assert.True((await phone.StandingAsync())!.IsOptedOut);
        await phone.TextsAsync("START");
        Assert.False((await phone.StandingAsync())!.IsOptedOut);
        await phone.TextsAsync("HELP");

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Contains(
            "We text about",
            Assert.Single(phone.Carried).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Consent_of_either_client_who_shares_a_number_serves_and_stop_ends_both()
    {
        var phone = await walk.SceneAsync();
        var maria = await phone.ClientAsync("Maria", "Ruiz", consents: true);
        var juan = await phone.ClientAsync("Juan", "Ruiz");
        await phone.UntilAsync(await phone.RemindsAsync("Bella is due."), MessageState.Sent);
        await phone.ConsentsAsync(juan.Id);

        await phone.TextsAsync("STOP");

        Assert.False((await ConsentsOfAsync(phone, maria)).Transactional);
        Assert.False((await ConsentsOfAsync(phone, juan)).Transactional);
    }

    [Fact]
    public async Task An_opt_out_outlives_the_conversation_and_the_client()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        var row = await phone.HearsAsync("STOP");
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        await phone
            .App.Get<DeletingConversations>()
            .DeleteAsync(row.Id, Scene.Receptionist, Cancellation);
        await using (var db = phone.App.Db())
        {
            await db.Clients.Where(c => c.Id == client.Id).ExecuteDeleteAsync(Cancellation);
        }

        var again = await phone.ClientAsync("Ana", "Cole", consents: true);

        Assert.NotEqual(client.Id, again.Id);
        Assert.Equal(
            "optedOut",
            Assert.IsType<EnqueueResult.Refused>(await phone.EnqueueAsync("Bella is due.")).Code
        );
    }

    [Fact]
    public async Task Assigning_a_client_with_consent_opens_the_composer_and_unassigning_closes_it()
    {
        var phone = await walk.SceneAsync();
        var consenting = await phone.AnotherPhone().ClientAsync("Ana", "Cole", consents: true);
        var (row, _) = await phone.Desk.StartAsync(
            phone.Line.Id,
            phone.Number,
            clientId: null,
            Cancellation
        );
        Assert.Equal("noConsent", await CodeAsync());

        await phone.Desk.AssignAsync(
            row.Id,
            consenting.Id,
            addNumber: false,
            Scene.Receptionist,
            Cancellation
        );
        Assert.Equal("", await CodeAsync());
        await phone.Desk.UnassignAsync(row.Id, Scene.Receptionist, Cancellation);
        Assert.Equal("noConsent", await CodeAsync());
        Assert.Null((await phone.RowAsync()).ClientName);

        async Task<string> CodeAsync() =>
            (await phone.Queries.ComposerAsync(row.Id, Cancellation))!.Gate.Code;
    }

    private static async Task<(
        bool Transactional,
        bool Marketing,
        ReminderPreference Preference
    )> ConsentsOfAsync(Scene phone, Client client)
    {
        await using var db = phone.App.Db();
        return (
            await ConsentGate.HoldingAsync(
                db,
                client.Id,
                ConsentCategory.Transactional,
                Cancellation
            )
                is not null,
            await ConsentGate.HoldingAsync(db, client.Id, ConsentCategory.Marketing, Cancellation)
                is not null,
            (await db.Clients.SingleAsync(c => c.Id == client.Id, Cancellation)).ReminderPreference
        );
    }
}
