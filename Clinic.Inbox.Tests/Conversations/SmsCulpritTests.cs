using Clinic.Inbox.Conversations;
using Xunit;

namespace Clinic.Inbox.Tests.Conversations;

public class SmsCulpritTests
{
    [Fact]
    public void A_curly_apostrophe_is_pointed_at_with_its_plain_twin()
    {
        var culprit = Assert.Single(SmsText.Analyze("It’s Bella").Culprits);

        Assert.Equal(new SmsCulprit(2, "’", "'"), culprit);
    }

    [Fact]
    public void A_position_counts_utf16_units_so_that_the_editor_can_select_it()
    {
        var culprits = SmsText.Analyze("🐶 á").Culprits;

        Assert.Equal([new SmsCulprit(0, "🐶", null), new SmsCulprit(3, "á", "a")], culprits);
    }

    [Theory]
    [InlineData("“Bella” – see you…", "\"Bella\" - see you...")]
    [InlineData("façade, papá, Über, Łódź", "facade, papa, Über, Lodz")]
    [InlineData("8\u00a0AM\tsharp", "8 AM sharp")]
    [InlineData("e\u0301te\u0301", "été")]
    [InlineData("in\u200bvisi\u00adble\ufeff", "invisible")]
    [InlineData("ＡＢＣ １２", "ABC 12")]
    [InlineData("it`s", "it's")]
    [InlineData("5–10 mg", "5-10 mg")]
    public void Plain_twins_read_the_same(string text, string plain)
    {
        Assert.Equal(plain, SmsText.WithPlainTwins(text));
        Assert.Equal(SmsEncoding.Gsm7, SmsText.Analyze(plain).Encoding);
    }

    [Theory]
    [InlineData("1½ tablets")]
    [InlineData("38.5° C")]
    [InlineData("50 µg")]
    [InlineData("50 μg")]
    [InlineData("10² ml")]
    [InlineData("1·5 ml")]
    [InlineData("H₂O")]
    [InlineData("1⁄2")]
    [InlineData("5\u0336 10 mg")]
    [InlineData("a\u0336b")]
    [InlineData("≠ 3")]
    [InlineData("3️⃣")]
    [InlineData("Привет")]
    [InlineData("❤️🐶")]
    [InlineData("\ud83d")]
    public void What_has_no_twin_of_the_same_meaning_is_left_alone(string text)
    {
        Assert.Equal(text, SmsText.WithPlainTwins(text));
        Assert.All(SmsText.Analyze(text).Culprits, culprit => Assert.Null(culprit.Twin));
    }

    [Fact]
    public void Every_twin_is_gsm7()
    {
        for (var c = '\0'; c < '\uffff'; c++)
        {
            foreach (var culprit in SmsText.Analyze(c.ToString()).Culprits)
            {
                Assert.Equal(SmsEncoding.Gsm7, SmsText.Analyze(culprit.Twin ?? "").Encoding);
            }
        }
    }
}
