using Clinic.Inbox.Search;
using CsCheck;

namespace Clinic.Inbox.Tests.Search;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("Zoë", "zoe")]
    [InlineData("José Núñez", "jose nunez")]
    [InlineData("Müller-Straße", "muller strasse")]
    [InlineData("Łukasz Żabka", "lukasz zabka")]
    [InlineData("Søren Æsir", "soren aesir")]
    [InlineData("İstanbul ışık", "istanbul isik")]
    [InlineData("O'Neil’s", "oneils")]
    [InlineData("Привет, Белла!", "привет белла")]
    [InlineData("犬のベラ", "犬のヘラ")]
    [InlineData("3pm 1e5 a-b_c", "3pm 1e5 a b c")]
    [InlineData("🐶 \ud83d \0 \n", "")]
    public void Words_lose_case_accents_and_signs(string text, string folded)
    {
        Assert.Equal(folded, SearchText.Fold(text));
    }

    [Theory]
    [InlineData("bel", "Bella is here", true)]
    [InlineData("zoe", "Zoë is here", true)]
    [InlineData("ZOË", "zoe is here", true)]
    [InlineData("here bel", "Bella is here", true)]
    [InlineData("ella", "Bella is here", false)]
    [InlineData("bella gone", "Bella is here", false)]
    [InlineData("2", "at 2 pm", true)]
    [InlineData("2", "at 20 pm", false)]
    public void All_words_must_begin_one(string typed, string text, bool found)
    {
        Assert.Equal(found, SearchWords.Of(typed).AreIn(SearchText.Fold(text)));
    }

    [Theory]
    [InlineData("(415) 555-0134", "\"4155550134\" *")]
    [InlineData("\"bella\" OR * NEAR(x)", "\"bella\" * \"or\" * \"near\" * \"x\" *")]
    [InlineData("'; DROP TABLE Clients; --", "\"drop\" * \"table\" * \"clients\" *")]
    [InlineData("2 pm", "\"2\" \"pm\" *")]
    public void What_is_typed_is_words_and_never_an_operator(string typed, string asked)
    {
        Assert.Equal(asked, SearchWords.Of(typed).ForSqlite());
    }

    [Fact]
    public void Folding_twice_changes_nothing_and_leaves_letters_and_digits_only() =>
        Gen.String.Sample(text =>
        {
            var once = SearchText.Fold(text);
            return SearchText.Fold(once) == once
                && once.Split(' ').All(word => word.Length <= SearchText.LongestWord);
        });

    [Fact]
    public void Marking_loses_no_character_of_what_it_shows() =>
        Gen.Select(Gen.String[0, 60], Gen.String[0, 20])
            .Sample(
                (text, typed) =>
                {
                    var found = FoundText.Of(text, SearchWords.Of(typed));
                    var line = string.Join(
                        ' ',
                        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    );
                    return string.Concat(found.Parts.Select(p => p.Text)) is var shown
                        && (shown == line || shown.StartsWith('…') || shown.EndsWith('…'));
                }
            );

    [Fact]
    public void An_excerpt_shows_what_was_found_in_a_long_text()
    {
        var text = new string('x', 300) + " and Zoë is here " + new string('y', 300);

        var found = FoundText.Of(text, SearchWords.Of("zoe"));

        Assert.Equal("Zoë", Assert.Single(found.Parts, p => p.Marked).Text);
        Assert.InRange(found.Parts.Sum(p => p.Text.Length), 100, 125);
    }
}
