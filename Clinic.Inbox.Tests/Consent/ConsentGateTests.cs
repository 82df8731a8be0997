using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests.Consent;

/// <summary>The gate's whole table: why a text would be sent, what is known of the number, what consent holds.</summary>
public sealed class ConsentGateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Purpose, standing, consent held, and what the gate says (empty: it may leave).</summary>
    public static TheoryData<Purpose, string, bool, string> Table =>
        new()
        {
            { Purpose.Conversation, "unknown", false, "noConsent" },
            { Purpose.Conversation, "unknown", true, "" },
            { Purpose.Conversation, "never texted us", false, "noConsent" },
            { Purpose.Conversation, "never texted us", true, "" },
            { Purpose.Conversation, "texted us", false, "" },
            { Purpose.Conversation, "texted us", true, "" },
            { Purpose.Conversation, "opted out", false, "optedOut" },
            { Purpose.Conversation, "opted out", true, "optedOut" },
            { Purpose.Conversation, "texted us, opted out", false, "optedOut" },
            { Purpose.Conversation, "texted us, opted out", true, "optedOut" },
            { Purpose.Transactional, "unknown", false, "noConsent" },
            { Purpose.Transactional, "unknown", true, "" },
            { Purpose.Transactional, "never texted us", false, "noConsent" },
            { Purpose.Transactional, "never texted us", true, "" },
            { Purpose.Transactional, "texted us", false, "noConsent" },
            { Purpose.Transactional, "texted us", true, "" },
            { Purpose.Transactional, "opted out", false, "optedOut" },
            { Purpose.Transactional, "opted out", true, "optedOut" },
            { Purpose.Transactional, "texted us, opted out", false, "optedOut" },
            { Purpose.Transactional, "texted us, opted out", true, "optedOut" },
            { Purpose.Marketing, "unknown", false, "noConsent" },
            { Purpose.Marketing, "unknown", true, "" },
            { Purpose.Marketing, "never texted us", false, "noConsent" },
            { Purpose.Marketing, "never texted us", true, "" },
            { Purpose.Marketing, "texted us", false, "noConsent" },
            { Purpose.Marketing, "texted us", true, "" },
            { Purpose.Marketing, "opted out", false, "optedOut" },
            { Purpose.Marketing, "opted out", true, "optedOut" },
            { Purpose.Marketing, "texted us, opted out", false, "optedOut" },
            { Purpose.Marketing, "texted us, opted out", true, "optedOut" },
            { Purpose.KeywordReply, "unknown", false, "" },
            { Purpose.KeywordReply, "unknown", true, "" },
            { Purpose.KeywordReply, "never texted us", false, "" },
            { Purpose.KeywordReply, "never texted us", true, "" },
            { Purpose.KeywordReply, "texted us", false, "" },
            { Purpose.KeywordReply, "texted us", true, "" },
            { Purpose.KeywordReply, "opted out", false, "" },
            { Purpose.KeywordReply, "opted out", true, "" },
            { Purpose.KeywordReply, "texted us, opted out", false, "" },
            { Purpose.KeywordReply, "texted us, opted out", true, "" },
            // Unless a request waits: see below.
            { Purpose.OptInRequest, "unknown", false, "noConsent" },
            { Purpose.OptInRequest, "unknown", true, "noConsent" },
            { Purpose.OptInRequest, "texted us", false, "noConsent" },
            { Purpose.OptInRequest, "texted us", true, "noConsent" },
            { Purpose.OptInRequest, "opted out", false, "optedOut" },
            { Purpose.OptInRequest, "opted out", true, "optedOut" },
            { Purpose.OptInRequest, "texted us, opted out", false, "optedOut" },
            { Purpose.OptInRequest, "texted us, opted out", true, "optedOut" },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void The_gate_says(Purpose purpose, string standing, bool consent, string code)
    {
        var decision = ConsentGate.Decide(Standing(standing), consent ? Granted() : null, purpose);

        Assert.Equal(code, decision.Code);
        Assert.Equal(code.Length == 0, decision.Allowed);
        Assert.NotEmpty(decision.Reason);
    }

    [Fact]
    public void Why_it_may_leave_or_not_is_said_in_plain_words()
    {
        Assert.Equal(
            "Under consent of Nov 2, 2026 (in person).",
            ConsentGate.Decide(null, Granted(), Purpose.Transactional).Reason
        );
        Assert.Equal(
            "This number opted out on Nov 2, 2026. Nothing can be sent until the client texts START.",
            ConsentGate.Decide(Standing("opted out"), Granted(), Purpose.Conversation).Reason
        );
    }

    [Fact]
    public void The_basis_names_the_consent_and_its_day_at_the_clinic()
    {
        var consent = Granted();

        var decision = ConsentGate.Decide(
            null,
            consent,
            Purpose.Transactional,
            new GateRules("Pacific/Honolulu")
        );

        // Nine in the morning in London is eleven in the evening of the day before in Honolulu.
        Assert.Equal("Under consent of Nov 1, 2026 (in person).", decision.Reason);
        Assert.Equal(consent.Id, decision.ConsentId);
    }

    [Theory]
    [InlineData("unknown", true)]
    [InlineData("texted us", true)]
    [InlineData("opted out", false)]
    public void A_request_that_waits_lets_the_one_text_pass_that_asks(string standing, bool allowed)
    {
        var rules = new GateRules(IsRequested: true);

        Assert.Equal(
            allowed,
            ConsentGate.Decide(Standing(standing), null, Purpose.OptInRequest, rules).Allowed
        );
        // And nothing else.
        Assert.False(
            ConsentGate.Decide(Standing(standing), null, Purpose.Transactional, rules).Allowed
        );
    }

    [Theory]
    [InlineData(Purpose.Transactional, "unknown", "noConsent")]
    [InlineData(Purpose.Marketing, "unknown", "noConsent")]
    [InlineData(Purpose.Conversation, "unknown", "noConsent")]
    [InlineData(Purpose.Conversation, "texted us", "")]
    [InlineData(Purpose.KeywordReply, "unknown", "")]
    public void After_a_second_opt_in_was_asked_for_consent_waits_for_the_yes(
        Purpose purpose,
        string texted,
        string code
    )
    {
        var rules = new GateRules(SecondOptIn: true);
        PhoneNumber.TryFromCarrier("14155550134", out var number);
        var standing = Standing(texted) ?? new NumberStanding(number);
        // Before it asked, the text that asks may leave.
        Assert.Empty(ConsentGate.Decide(standing, Granted(), purpose, rules).Code);

        standing.AskedToConfirm(At);
        Assert.Equal(code, ConsentGate.Decide(standing, Granted(), purpose, rules).Code);
        // Where the clinic does not ask (any more), consent is enough.
        Assert.Empty(ConsentGate.Decide(standing, Granted(), purpose).Code);

        standing.Confirmed(At.AddMinutes(5));
        Assert.Empty(ConsentGate.Decide(standing, Granted(), purpose, rules).Code);
    }

    private static ConsentRecord Granted() =>
        new(
            Id<ConsentRecord>.New(At),
            Id<Client>.New(At),
            ConsentCategory.Transactional,
            ConsentAction.Granted,
            ConsentMethod.InPerson,
            "May we text you?",
            At,
            "Rosa Diaz",
            At
        );

    private static NumberStanding? Standing(string what)
    {
        if (what == "unknown")
        {
            return null;
        }
        PhoneNumber.TryFromCarrier("14155550134", out var number);
        var standing = new NumberStanding(number);
        if (what.Contains("opted out", StringComparison.Ordinal))
        {
            standing.OptOut(At);
        }
        if (what.StartsWith("texted us", StringComparison.Ordinal))
        {
            standing.Texted(At);
        }
        return standing;
    }
}
