using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Clients;
using Clinic.Inbox.Tests.Fixtures;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Consent;

public sealed class ConsentBookTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private const string Terms = "May we text you reminders?";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ConsentBook Book => clinic.App.Get<ConsentBook>();

    private DateTimeOffset Now => clinic.App.Clock.GetUtcNow();

    [Fact]
    public async Task A_consent_opens_the_gate_for_its_category_alone_and_stands_in_the_pop_up_note()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Ana", "Agrees", number);
        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { PopUpNote = "Call after 5" },
            Maya,
            Token
        );

        var recorded = Assert.IsType<ConsentResult.Recorded>(await RecordAsync(client));

        Assert.True(recorded.Holds);
        Assert.Empty(recorded.OptedOut);
        Assert.True((await DecideAsync(client, number, Purpose.Transactional)).Allowed);
        Assert.False((await DecideAsync(client, number, Purpose.Marketing)).Allowed);
        var note = (await clinic.Clients.FindAsync(client.Id, Token))!.PopUpNote.Split('\n');
        Assert.Equal("Call after 5", note[0]);
        Assert.StartsWith("Consented to texts on ", note[1], StringComparison.Ordinal);
        Assert.EndsWith("(by phone; taken by Maya Chen).", note[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdrawing_closes_the_gate_and_nothing_is_overwritten()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Ana", "Wavers", number);
        await RecordAsync(client);

        await Book.WithdrawAsync(client.Id, ConsentCategory.Transactional, Maya, Token);

        Assert.Equal(
            GateDecision.NoConsent,
            (await DecideAsync(client, number, Purpose.Transactional)).Code
        );
        Assert.IsType<ConsentResult.NothingToWithdraw>(
            await Book.WithdrawAsync(client.Id, ConsentCategory.Transactional, Maya, Token)
        );
        var history = await Book.HistoryAsync(client.Id, Token);
        Assert.Equal(
            [ConsentAction.Withdrawn, ConsentAction.Granted],
            history.Select(r => r.Action)
        );
        Assert.Equal(Terms, history[1].Terms);
        var note = (await clinic.Clients.FindAsync(client.Id, Token))!.PopUpNote.Split('\n');
        Assert.Equal(2, note.Length);
        Assert.StartsWith("Withdrew the consent to texts", note[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_of_an_earlier_day_does_not_undo_a_later_withdrawal()
    {
        var client = await clinic.AddAsync("Ana", "Backdated");
        await RecordAsync(client);
        await Book.WithdrawAsync(client.Id, ConsentCategory.Transactional, Maya, Token);

        var late = await RecordAsync(client, at: Now.AddDays(-2));

        Assert.False(Assert.IsType<ConsentResult.Recorded>(late).Holds);
    }

    [Fact]
    public async Task A_consent_lifts_no_opt_out_and_says_so()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Ana", "Stopped", number);
        await clinic.App.ReceiveAsync(number, "STOP");

        var recorded = Assert.IsType<ConsentResult.Recorded>(await RecordAsync(client));

        Assert.Equal([Number(number)], recorded.OptedOut);
        Assert.Equal(
            GateDecision.OptedOut,
            (await DecideAsync(client, number, Purpose.Transactional)).Code
        );
    }

    [Fact]
    public async Task A_consent_in_the_future_without_terms_or_of_no_known_kind_is_refused()
    {
        var client = await clinic.AddAsync("Ana", "Careless");

        Assert.Equal("grantedAt", FieldOf(await RecordAsync(client, at: Now.AddDays(1))));
        Assert.Equal("grantedAt", FieldOf(await RecordAsync(client, at: DateTimeOffset.MinValue)));
        Assert.Equal("terms", FieldOf(await RecordAsync(client, terms: " \0\n")));
        Assert.Equal("terms", FieldOf(await RecordAsync(client, terms: new string('x', 20_000))));
        Assert.Equal("category", FieldOf(await RecordAsync(client, category: (ConsentCategory)9)));
        Assert.Empty(await Book.HistoryAsync(client.Id, Token));
        Assert.Equal("", (await clinic.Clients.FindAsync(client.Id, Token))!.PopUpNote);
    }

    [Fact]
    public async Task Nobody_who_is_not_there_consents()
    {
        var result = await Book.RecordAsync(
            Id<Client>.New(Now),
            ConsentCategory.Transactional,
            ConsentMethod.Phone,
            Terms,
            Now,
            Maya,
            Token
        );

        Assert.IsType<ConsentResult.NotFound>(result);
    }

    private Task<ConsentResult> RecordAsync(
        Client client,
        string terms = Terms,
        DateTimeOffset? at = null,
        ConsentCategory category = ConsentCategory.Transactional
    ) => Book.RecordAsync(client.Id, category, ConsentMethod.Phone, terms, at ?? Now, Maya, Token);

    private async Task<GateDecision> DecideAsync(Client client, string number, Purpose purpose)
    {
        await using var db = clinic.App.Db();
        return await ConsentGate.DecideAsync(db, Number(number), [client.Id], purpose, Token);
    }

    private static string FieldOf(ConsentResult result) =>
        Assert.IsType<ConsentResult.Invalid>(result).Field;
}
