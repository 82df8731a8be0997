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
            "Consent of 2 Nov 2026 (in person).",
            ConsentGate.Decide(null, Granted(), Purpose.Transactional).Reason
        );
        Assert.Equal(
            "This number opted out on 2 Nov 2026. Nothing can be sent until the client texts START.",
            ConsentGate.Decide(Standing("opted out"), Granted(), Purpose.Conversation).Reason
        );
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
