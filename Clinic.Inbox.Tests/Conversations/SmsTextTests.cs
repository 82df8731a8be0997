using Clinic.Inbox.Conversations;
using Xunit;

namespace Clinic.Inbox.Tests.Conversations;

public class SmsTextTests
{
    [Fact]
    public void Every_vector_has_its_encoding_and_segments()
    {
        var lines = Vector.Lines("segments.jsonl").ToList();
        var wrong = lines.Where(line =>
        {
            var analysis = SmsText.Analyze(line.GetProperty("text").GetString()!);
            return analysis.Encoding.Display() != line.GetProperty("encoding").GetString()
                || analysis.Segments.Value != line.GetProperty("segments").GetInt32();
        });

        Assert.True(lines.Count >= 174);
        Assert.Empty(wrong);
    }

    [Fact]
    public void An_empty_text_takes_no_segment()
    {
        var analysis = SmsText.Analyze("");

        Assert.Equal(SmsEncoding.Gsm7, analysis.Encoding);
        Assert.Equal(
            (0, 0, 0, 160),
            (
                analysis.Characters,
                analysis.Units,
                analysis.Segments.Value,
                analysis.UnitsLeftInSegment
            )
        );
        Assert.Empty(SmsText.Split(""));
    }

    [Theory]
    [InlineData('a', 160, 1, 0)]
    [InlineData('a', 161, 2, 145)]
    [InlineData('a', 306, 2, 0)]
    [InlineData('a', 307, 3, 152)]
    [InlineData('€', 80, 1, 0)]
    [InlineData('€', 152, 2, 1)]
    [InlineData('€', 153, 3, 151)]
    [InlineData('ç', 70, 1, 0)]
    [InlineData('ç', 71, 2, 63)]
    [InlineData('ç', 134, 2, 0)]
    [InlineData('ç', 135, 3, 66)]
    public void A_run_of_one_character_breaks_where_the_standard_says(
        char c,
        int count,
        int segments,
        int left
    )
    {
        var analysis = SmsText.Analyze(new string(c, count));

        Assert.Equal((segments, left), (analysis.Segments.Value, analysis.UnitsLeftInSegment));
    }

    [Fact]
    public void An_escape_pair_on_the_boundary_moves_to_the_next_segment() =>
        Assert.Equal(
            [new string('a', 152), "€" + new string('b', 151), "b"],
            SmsText.Split(new string('a', 152) + "€" + new string('b', 152))
        );

    [Fact]
    public void A_surrogate_pair_on_the_boundary_moves_to_the_next_segment() =>
        Assert.Equal(
            [new string('a', 66), "🐶" + new string('b', 65), "b"],
            SmsText.Split(new string('a', 66) + "🐶" + new string('b', 66))
        );

    [Theory]
    [InlineData("€5", 2, 3)]
    [InlineData("🐶!", 2, 3)]
    [InlineData("👨‍👩‍👧", 1, 8)]
    [InlineData("e\u0301", 1, 2)]
    [InlineData("👍🏽", 1, 4)]
    public void Characters_are_what_a_person_counts_and_units_what_is_paid(
        string text,
        int characters,
        int units
    )
    {
        var analysis = SmsText.Analyze(text);

        Assert.Equal((characters, units), (analysis.Characters, analysis.Units));
    }

    [Fact]
    public void The_extension_table_costs_two_and_nothing_else_of_the_alphabet_does()
    {
        Assert.All("\f^{}\\[~]|€", c => Assert.Equal(2, SmsText.Analyze(c.ToString()).Units));
        Assert.All(
            "@£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà",
            c => Assert.Equal(1, SmsText.Analyze(c.ToString()).Units)
        );
        Assert.All(
            "çáíóú`\t°®\u00a0’",
            c => Assert.Equal(SmsEncoding.Ucs2, SmsText.Analyze(c.ToString()).Encoding)
        );
        Assert.Equal(SmsEncoding.Ucs2, SmsText.Analyze("\u001b").Encoding);
    }

    [Theory]
    [InlineData("\ud83d")]
    [InlineData("\udc36\ud83d")]
    [InlineData("\ud83d\ud83d\udc36")]
    [InlineData("a\ufffe")]
    public void A_lone_surrogate_is_counted_and_repaired(string text)
    {
        Assert.Equal(text.Length, SmsText.Analyze(text).Units);
        Assert.Contains('\ufffd', SmsText.RepairSurrogates(text));
        Assert.True(SmsText.RepairSurrogates(text).IsNormalized());
    }

    [Fact]
    public void A_text_without_lone_surrogates_is_left_as_it_is()
    {
        const string Text = "Bella 🐶 is ready 👍🏽";

        Assert.Same(Text, SmsText.RepairSurrogates(Text));
    }

    [Fact]
    public void A_very_long_text_lists_only_the_first_culprits()
    {
        var analysis = SmsText.Analyze(string.Concat(Enumerable.Repeat("🐶", 20_000)));

        Assert.Equal(
            (20_000, SmsText.MostCulprits),
            (analysis.CulpritCount, analysis.Culprits.Count)
        );
        Assert.Equal(607, analysis.Segments.Value);
    }
}
