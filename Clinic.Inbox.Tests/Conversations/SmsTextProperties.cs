using Clinic.Inbox.Conversations;
using CsCheck;
using Xunit;

namespace Clinic.Inbox.Tests.Conversations;

public class SmsTextProperties
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.OneOfConst("a", "€", "{", "é", " ", "\n", "word "),
        Gen.OneOfConst(
            "a",
            "€",
            "’",
            "á",
            "🐶",
            "👍🏽",
            "👨‍👩‍👧",
            "\ud83d",
            "\udc36",
            "\u0301",
            "\u200d"
        )
    );

    private static readonly Gen<string> Plain = Gen.OneOfConst(
            "a",
            "€",
            "{",
            "é",
            " ",
            "\n",
            "word "
        )
        .Array[0, 400]
        .Select(string.Concat);

    private static readonly Gen<string> Text = Gen.OneOf(
        Plain,
        Piece.Array[0, 400].Select(string.Concat)
    );

    [Fact]
    public void A_text_never_takes_fewer_segments_than_its_beginning() =>
        Gen.Select(Text, Text)
            .Sample(
                (start, more) =>
                    SmsText.Analyze(start).Segments <= SmsText.Analyze(start + more).Segments
            );

    [Fact]
    public void The_segments_joined_are_the_text() =>
        Text.Sample(text => string.Concat(SmsText.Split(text)) == text);

    [Fact]
    public void There_are_as_many_parts_as_segments_and_each_fits() =>
        Text.Sample(text =>
        {
            var analysis = SmsText.Analyze(text);
            var parts = SmsText.Split(text);
            var most =
                parts.Count == 1
                    ? analysis.Encoding.UnitsAlone()
                    : analysis.Encoding.UnitsPerPart();
            Assert.Equal(analysis.Segments.Value, parts.Count);
            Assert.All(parts, part => Assert.InRange(UnitsIn(part, analysis.Encoding), 1, most));
        });

    [Fact]
    public void No_part_ends_inside_a_surrogate_pair() =>
        Text.Sample(text =>
        {
            var parts = SmsText.Split(text);
            return parts
                .Zip(parts.Skip(1))
                .All(p => !char.IsSurrogatePair(p.First[^1], p.Second[0]));
        });

    [Fact]
    public void What_is_left_fits_and_one_more_costs_a_segment() =>
        Plain
            .Where(text => text.Length > 0)
            .Sample(text =>
            {
                var analysis = SmsText.Analyze(text);
                var filled = text + new string('a', analysis.UnitsLeftInSegment);
                return SmsText.Analyze(filled).Segments == analysis.Segments
                    && SmsText.Analyze(filled + "a").Segments > analysis.Segments;
            });

    [Fact]
    public void Culprits_stand_where_they_say_and_only_in_ucs2() =>
        Text.Sample(text =>
        {
            var analysis = SmsText.Analyze(text);
            return (analysis.CulpritCount > 0) == (analysis.Encoding is SmsEncoding.Ucs2)
                && analysis.Culprits.All(c =>
                    text.AsSpan(c.Position).StartsWith(c.Character, StringComparison.Ordinal)
                );
        });

    [Fact]
    public void Twins_of_one_character_never_cost_more_segments() =>
        Text.Sample(text =>
            SmsText.Analyze(SmsText.WithPlainTwins(text)).Segments <= SmsText.Analyze(text).Segments
        );

    private static int UnitsIn(string part, SmsEncoding encoding) =>
        encoding is SmsEncoding.Ucs2
            ? part.Length
            : part.Sum(c => "\f^{}\\[~]|€".Contains(c, StringComparison.Ordinal) ? 2 : 1);
}
