using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using CsCheck;
using Xunit;

namespace Clinic.Inbox.Tests.Consent;

public class KeywordsTests
{
    [Theory]
    [InlineData("keywords.jsonl", 60)]
    [InlineData("keywords-own.jsonl", 400)]
    public void Every_vector_has_its_class(string file, int atLeast)
    {
        var lines = Vector
            .Lines(file)
            .Select(line =>
                (
                    Text: line.GetProperty("text").GetString()!,
                    Class: line.GetProperty("class").GetString()
                )
            )
            .ToList();

        var wrong = lines
            .Select(line => (line.Text, line.Class, Got: Keywords.Classify(line.Text).WireName()))
            .Where(line => line.Got != line.Class)
            .Select(line => $"{line.Text} should be {line.Class}, is {line.Got}");

        Assert.True(lines.Count >= atLeast);
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("CANCEL", true, false)]
    [InlineData("cancel please", true, false)]
    [InlineData("Cancelar", true, false)]
    [InlineData("STOP", false, false)]
    [InlineData("cancel stop", false, false)]
    [InlineData("cancel texts", false, false)]
    [InlineData("cancel my appointment", false, true)]
    [InlineData("I need to cancel Thursday", false, true)]
    [InlineData("Sorry, canceling tomorrow", false, true)]
    [InlineData("don't cancel my appointment", false, false)]
    [InlineData("Liked “cancel my appointment”", false, false)]
    public void Cancelling_is_told_to_staff_and_only_the_bare_word_opts_out(
        string text,
        bool bare,
        bool mentions
    )
    {
        var match = Keywords.Match(text);

        Assert.Equal((bare, mentions), (match.IsBareCancel, match.MentionsCancelling));
        Assert.Equal(bare, match.Class is KeywordClass.OptOut && match.IsBareCancel);
    }

    [Theory]
    [InlineData("wrong number", true)]
    [InlineData("You have the wrong number, stop texting me", true)]
    [InlineData("mauvais numéro", true)]
    [InlineData("this is no longer my number", true)]
    [InlineData("what is your number", false)]
    [InlineData("STOP", false)]
    public void A_wrong_number_is_told_apart(string text, bool isWrong) =>
        Assert.Equal(isWrong, Keywords.Match(text).IsWrongNumber);

    [Theory]
    [InlineData("Liked “Reply STOP to opt out”", true)]
    [InlineData("👍 to “STOP”", true)]
    [InlineData("to \"STOP\"", false)]
    [InlineData("She loved “Paw Patrol”", false)]
    public void A_reaction_is_known_as_one(string text, bool isTapback) =>
        Assert.Equal(isTapback, Keywords.Match(text).IsTapback);

    [Fact]
    public void Courtesy_case_and_invisible_characters_do_not_hide_a_stop() =>
        Gen.Select(
                Gen.OneOfConst("", "please ", "Ok, ", "\u200b", "“", "  "),
                Gen.OneOfConst("STOP", "Unsubscribe", "opt-out", "quit", "ＳＴＯＰ", "ALTO"),
                Gen.OneOfConst("", "!", " please", " 🙏", "\ufeff", "\n", "”", ", thanks")
            )
            .Sample(
                (before, word, after) =>
                    Keywords.Classify(before + word + after) is KeywordClass.OptOut
            );

    [Fact]
    public void Any_string_has_a_class() =>
        Gen.OneOf(
                Gen.String,
                Gen.OneOfConst("\ud83d", "stop ", "don't ", "“", "\u0301", "text me ")
                    .Array[0, 60]
                    .Select(string.Concat)
            )
            .Sample(text =>
            {
                var match = Keywords.Match(text);
                return match == Keywords.Match(SmsText.RepairSurrogates(text))
                    && Enum.IsDefined(match.Class);
            });

    [Theory]
    [InlineData("stop ")]
    [InlineData("stop sending the ")]
    [InlineData("don't ")]
    [InlineData("a\u0301\u0327\u0301\u0327")]
    [InlineData("\u0301\u0327")]
    [InlineData("“")]
    [InlineData("\ufdfa")]
    [InlineData("s")]
    [InlineData("\ud83d")]
    [InlineData(". ")]
    public async Task A_huge_text_is_read_in_bounded_time(string piece)
    {
        var huge = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));

        // The worst of them takes well under a second; quadratic work on 200,000 characters would take minutes.
        await Task.Run(() => Keywords.Classify(huge), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("\ud83dSTOP")]
    [InlineData("STOP\udc36")]
    [InlineData("ST\ufffeOP")]
    public void Broken_characters_do_not_hide_a_stop(string text) =>
        Assert.Equal(KeywordClass.OptOut, Keywords.Classify(text));

    [Fact]
    public void An_opt_out_at_the_end_of_a_long_text_is_found() =>
        Assert.Equal(
            KeywordClass.OptOut,
            Keywords.Classify(new string('x', 20_000) + ". Please stop texting me")
        );
}
