using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Search;

/// <summary>
/// Words as the index knows them: lower case, without accents, letters and digits only. What is indexed and what is
/// searched are folded by the same code, so that both databases find the same.
/// </summary>
public static class SearchText
{
    /// <summary>What of a longer word is kept, in UTF-16 units.</summary>
    internal const int LongestWord = 64;

    /// <summary>The words of a text, folded, with one space between; empty when it has none.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var (start, length) in Tokens(text))
        {
            var word = FoldWord(text.AsSpan(start, length));
            if (word.Length > 0)
            {
                folded.Append(folded.Length == 0 ? "" : " ").Append(word);
            }
        }
        return folded.ToString();
    }

    /// <summary>
    /// A number as words that begin at each of its digits, so that any three or more of its digits in a row begin one.
    /// </summary>
    internal static string FoldNumber(string number)
    {
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        return string.Join(
            ' ',
            Enumerable
                .Range(0, Math.Max(0, digits.Length - SearchWords.LeastDigits + 1))
                .Select(from => digits[from..])
        );
    }

    /// <summary>Where the words of a text stand. An apostrophe within a word belongs to it.</summary>
    internal static IEnumerable<(int Start, int Length)> Tokens(string text)
    {
        var start = -1;
        for (var i = 0; i < text.Length; )
        {
            var width = char.IsSurrogatePair(text, i) ? 2 : 1;
            var belongs =
                IsOfWord(CharUnicodeInfo.GetUnicodeCategory(text, i))
                || (start >= 0 && text[i] is '\'' or '’');
            if (belongs && start < 0)
            {
                start = i;
            }
            else if (!belongs && start >= 0)
            {
                yield return (start, i - start);
                start = -1;
            }
            i += width;
        }
        if (start >= 0)
        {
            yield return (start, text.Length - start);
        }
    }

    /// <summary>One word without case, accents and apostrophes.</summary>
    internal static string FoldWord(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestWord * 2)
        {
            var cut = LongestWord * 2;
            word = word[..(char.IsHighSurrogate(word[cut - 1]) ? cut - 1 : cut)];
        }
        if (System.Text.Ascii.IsValid(word))
        {
            return Cut(
                word.ToString().Replace("'", "", StringComparison.Ordinal).ToLowerInvariant()
            );
        }
        var folded = new StringBuilder(word.Length);
        foreach (var rune in Whole(word).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            // Lower case may bring an accent of its own (İ becomes i and a dot).
            foreach (
                var lower in Rune.ToLowerInvariant(rune)
                    .ToString()
                    .Normalize(NormalizationForm.FormKD)
            )
            {
                if (Plain(lower) is { } plain)
                {
                    folded.Append(plain);
                }
                else if (
                    char.IsSurrogate(lower)
                        ? IsLetterOrNumber(Rune.GetUnicodeCategory(rune))
                        : IsLetterOrNumber(char.GetUnicodeCategory(lower))
                )
                {
                    folded.Append(lower);
                }
            }
        }
        return Cut(folded.ToString());
    }

    /// <summary>Half a surrogate pair can't be normalised.</summary>
    private static string Whole(ReadOnlySpan<char> word)
    {
        var whole = new StringBuilder(word.Length);
        foreach (var rune in word.EnumerateRunes())
        {
            whole.Append(rune);
        }
        return whole.ToString();
    }

    private static string Cut(string word) =>
        word.Length <= LongestWord ? word
        : char.IsHighSurrogate(word[LongestWord - 1]) ? word[..(LongestWord - 1)]
        : word[..LongestWord];

    /// <summary>Letters that are one with a stroke or two in one: Unicode does not take them apart.</summary>
    private static string? Plain(char letter) =>
        letter switch
        {
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'ø' => "o",
            'ł' => "l",
            'đ' or 'ð' => "d",
            'þ' => "th",
            'ħ' => "h",
            'ı' => "i",
            _ => null,
        };

    private static bool IsOfWord(UnicodeCategory category) =>
        IsLetterOrNumber(category)
        || category
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    // Decimal digits only: ½ or ² would be taken apart by one database and not by the other.
    private static bool IsLetterOrNumber(UnicodeCategory category) =>
        category
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber;
}
