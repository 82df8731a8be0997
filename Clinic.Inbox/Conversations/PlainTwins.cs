using System.Collections.Frozen;
using System.Text;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// GSM-7 twins of characters that force UCS-2. Only what reads the same stands here: a fraction, a superscript, a
/// degree or micro sign, a middle dot (a decimal point to some) have none, since "1½" as "11/2" is another dose.
/// </summary>
internal static class PlainTwins
{
    /// <summary>An accent or two; nothing longer has a twin, and this keeps the work per character small.</summary>
    private const int LongestElement = 8;

    private static readonly FrozenDictionary<char, string> Table = MakeTable();

    /// <summary>
    /// The twin of one character as the reader sees it (a text element); empty when it is invisible and can go, null
    /// when there is none.
    /// </summary>
    public static string? Of(string element)
    {
        if (
            element.Length > LongestElement
            || element.Any(c => char.IsSurrogate(c) || c == '\ufffe')
        )
        {
            return null;
        }
        var seen = string.Concat(element.Where(c => !IsInvisible(c)))
            .Normalize(NormalizationForm.FormC);
        if (Gsm7Alphabet.Has(seen))
        {
            return seen;
        }
        if (seen.Length == 1 && Table.TryGetValue(seen[0], out var twin))
        {
            return twin;
        }
        return BaseLetterOf(seen);
    }

    /// <summary>The plain letter under accents (á, ç, ő). A struck-through letter keeps its stroke: that is meaning.</summary>
    private static string? BaseLetterOf(string seen)
    {
        var parts = seen.Normalize(NormalizationForm.FormD);
        var isAccented =
            char.IsAsciiLetter(parts[0])
            && parts
                .Skip(1)
                .All(c => c is >= '\u0300' and <= '\u036f' and not (>= '\u0334' and <= '\u0338'));
        return isAccented ? parts[..1] : null;
    }

    /// <summary>Zero-width characters, joiners, variation selectors, marks of direction, soft hyphens.</summary>
    private static bool IsInvisible(char c) =>
        c
            is '\u00ad'
                or '\ufeff'
                or (>= '\u200b' and <= '\u200f')
                or (>= '\u2060' and <= '\u2064')
                or '\ufe0e'
                or '\ufe0f';

    private static FrozenDictionary<char, string> MakeTable()
    {
        var table = new Dictionary<char, string>
        {
            ['…'] = "...",
            ['•'] = "*",
            ['×'] = "x",
            ['±'] = "+/-",
            ['≤'] = "<=",
            ['≥'] = ">=",
            ['®'] = "(R)",
            ['©'] = "(C)",
            ['™'] = "(TM)",
            ['Œ'] = "OE",
            ['œ'] = "oe",
            ['Ł'] = "L",
            ['ł'] = "l",
            ['ı'] = "i",
            ['ẞ'] = "ß",
        };
        Add("'", "\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4\u2039\u203a");
        Add("\"", "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb");
        Add("-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212");
        Add(
            " ",
            "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
        );
        Add("\n", "\u000b\u0085\u2028\u2029");
        for (var full = '\uff01'; full <= '\uff5e'; full++)
        {
            var ascii = ((char)(full - 0xfee0)).ToString();
            if (Gsm7Alphabet.Has(ascii))
            {
                table[full] = ascii;
            }
        }
        return table.ToFrozenDictionary();

        void Add(string twin, string characters)
        {
            foreach (var character in characters)
            {
                table[character] = twin;
            }
        }
    }
}
