using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Consent;

/// <summary>
/// A text as bare words: compatibility forms made plain, invisible characters, accents, punctuation and emoji gone, lower
/// case, common short forms written out. Clauses end at punctuation. Made in time linear in the text's length.
/// </summary>
internal sealed class FoldedText
{
    private static readonly FrozenDictionary<string, string> ShortForms = new Dictionary<
        string,
        string
    >
    {
        ["pls"] = "please",
        ["plz"] = "please",
        ["plse"] = "please",
        ["pleas"] = "please",
        ["plez"] = "please",
        ["txt"] = "text",
        ["txts"] = "texts",
        ["txting"] = "texting",
        ["textin"] = "texting",
        ["msg"] = "message",
        ["msgs"] = "messages",
        ["mesages"] = "messages",
        ["msging"] = "messaging",
        ["u"] = "you",
        ["ur"] = "your",
        ["thx"] = "thanks",
        ["ty"] = "thanks",
        ["thank"] = "thanks",
        ["tks"] = "thanks",
        ["unsub"] = "unsubscribe",
        ["donot"] = "dont",
        ["dnt"] = "dont",
        ["cannot"] = "cant",
        ["okay"] = "ok",
        ["k"] = "ok",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(string, string), string> Pairs = new Dictionary<
        (string, string),
        string
    >
    {
        [("do", "not")] = "dont",
        [("don", "t")] = "dont",
        [("did", "not")] = "didnt",
        [("didn", "t")] = "didnt",
        [("does", "not")] = "doesnt",
        [("doesn", "t")] = "doesnt",
        [("will", "not")] = "wont",
        [("won", "t")] = "wont",
        [("can", "not")] = "cant",
        [("can", "t")] = "cant",
        [("would", "not")] = "wouldnt",
        [("should", "not")] = "shouldnt",
        [("un", "subscribe")] = "unsubscribe",
        [("opt", "out")] = "optout",
        [("opting", "out")] = "optout",
        [("opt", "in")] = "optin",
        [("stop", "all")] = "stopall",
        [("un", "stop")] = "unstop",
        [("text", "message")] = "texts",
        [("text", "messages")] = "texts",
        [("text", "messaging")] = "texts",
        [("thanks", "you")] = "thanks",
        [("right", "now")] = "now",
        [("no", "longer")] = "nolonger",
        [("any", "longer")] = "anymore",
        [("any", "more")] = "anymore",
    }.ToFrozenDictionary();

    private FoldedText(List<List<string>> clauses)
    {
        Clauses = clauses;
        Words = clauses.SelectMany(clause => clause).ToList();
    }

    /// <summary>The words between one mark of punctuation and the next; none is empty.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Clauses { get; }

    /// <summary>All words in order.</summary>
    public IReadOnlyList<string> Words { get; }

    public static FoldedText Of(string text)
    {
        var plain = Plain(text);
        var clauses = new List<List<string>>();
        var clause = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];
            if (
                char.IsLetterOrDigit(c)
                || char.IsSurrogatePair(plain, i) && Rune.IsLetterOrDigit(Rune.GetRuneAt(plain, i))
            )
            {
                word.Append(char.ToLowerInvariant(c is 'ı' ? 'i' : c));
                if (char.IsHighSurrogate(c))
                {
                    word.Append(plain[++i]);
                }
            }
            else if (
                c != '\''
                || word.Length == 0
                || i + 1 == plain.Length
                || !char.IsLetter(plain[i + 1])
            )
            {
                EndWord();
                if (c == '#' && clause is [.., "wrong"])
                {
                    clause.Add("number");
                }
                if (
                    char.IsSurrogate(c)
                    || c == '-' && i + 1 < plain.Length && plain[i + 1] == ' '
                    || c
                        is '.'
                            or '!'
                            or '?'
                            or ';'
                            or ':'
                            or ','
                            or '\n'
                            or '\r'
                            or '('
                            or ')'
                            or '\u2013'
                            or '\u2014'
                            or '"'
                )
                {
                    EndClause();
                }
            }
        }
        EndWord();
        EndClause();
        return new FoldedText(Join(clauses));

        void EndWord()
        {
            if (word.Length > 0)
            {
                var spelled = word.ToString();
                clause.Add(ShortForms.GetValueOrDefault(spelled, spelled));
                word.Clear();
            }
        }

        void EndClause()
        {
            if (clause.Count > 0)
            {
                clauses.Add(clause);
                clause = [];
            }
        }
    }

    /// <summary>
    /// Compatibility forms (full width, mathematical bold, circled) as plain letters without accents or format characters.
    /// Marks go before normalising as well: sorting a run of thousands of them would take quadratic time.
    /// </summary>
    public static string Plain(string text)
    {
        var bare = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xfffe || IsDropped(Rune.GetUnicodeCategory(rune), rune.Value))
            {
                continue;
            }
            bare.Append(
                rune.Value is 0x2019 or 0x2018 or 0x02bc or 0x00b4 or 0x0060 or 0x2032 or 0x201b
                    ? "'"
                    : rune.ToString()
            );
        }
        var plain = new StringBuilder(bare.Length);
        foreach (var c in bare.ToString().Normalize(NormalizationForm.FormKD))
        {
            if (char.IsSurrogate(c) || !IsDropped(char.GetUnicodeCategory(c), c))
            {
                plain.Append(c);
            }
        }
        return plain.ToString();
    }

    private static bool IsDropped(UnicodeCategory category, int value) =>
        category
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
        || category is UnicodeCategory.Control
            && value is not ('\n' or '\r' or '\t' or '\v' or '\f');

    private static List<List<string>> Join(List<List<string>> clauses)
    {
        // "S.T.O.P." and "S T O P": one word spelled out.
        if (
            clauses.Sum(clause => clause.Count) is >= 3 and <= 12
            && clauses.TrueForAll(c => c.TrueForAll(w => w.Length == 1))
        )
        {
            return
            [
                [string.Concat(clauses.SelectMany(clause => clause))],
            ];
        }
        return clauses.ConvertAll(clause =>
        {
            var joined = new List<string>(clause.Count);
            foreach (var word in clause)
            {
                if (joined.Count > 0 && Pairs.TryGetValue((joined[^1], word), out var one))
                {
                    joined[^1] = one;
                }
                else
                {
                    joined.Add(word);
                }
            }
            return joined;
        });
    }
}
