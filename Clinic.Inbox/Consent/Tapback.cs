using System.Collections.Frozen;

namespace Clinic.Inbox.Consent;

/// <summary>
/// Reactions that a phone sends as a text quoting ours: <c>Liked “Reply STOP to opt out”</c>, <c>👍 to “…”</c>. What they
/// quote is not said by the client.
/// </summary>
internal static class Tapback
{
    private const string Quotes = "\"“”„‟«»";
    private const int LongestLeadIn = 60;

    private static readonly FrozenSet<string> LeadIns = new[]
    {
        "liked",
        "loved",
        "disliked",
        "laughed at",
        "emphasized",
        "emphasised",
        "questioned",
        "reacted",
        "reacted to",
        "reacted with",
        "removed a like from",
        "removed a heart from",
        "removed a dislike from",
        "removed a laugh from",
        "removed an exclamation from",
        "removed a question mark from",
        "removed from",
        "removed a reaction from",
        "to",
        "le gusto",
        "me gusta",
        "le encanto",
        "me encanta",
        "no le gusto",
        "no me gusta",
        "se rio de",
        "enfatizo",
        "destaco",
        "pregunto sobre",
        "cuestiono",
        "reacciono con a",
        "reacciono a",
        "a",
        "a aime",
        "a adore",
        "na pas aime",
        "a ri de",
        "a ri a",
        "a mis laccent sur",
        "a souligne",
        "a insiste sur",
        "a pose une question sur",
        "sinterroge sur",
        "a reagi avec a",
        "a reagi par a",
        "a reagi a",
        "jaime",
        "jadore",
        "gefallt",
        "gefallt mir",
        "geliebt",
        "liebt",
        "mag",
        "gostou de",
        "adorou",
        "amou",
    }.ToFrozenSet();

    /// <summary>
    /// True when the text is a reaction; <paramref name="remainder"/> is what stands after the quotation, empty as a rule.
    /// A quotation cut off before its closing mark counts to the text's end.
    /// </summary>
    public static bool Is(string text, out string remainder)
    {
        remainder = "";
        var open = text.AsSpan().IndexOfAny(Quotes);
        if (open is < 1 or > LongestLeadIn)
        {
            return false;
        }
        var leadIn = text[..open];
        var words = string.Join(' ', FoldedText.Of(leadIn).Words);
        var onlyAfterEmoji = words is "to" or "a";
        if (
            !LeadIns.Contains(words)
            || onlyAfterEmoji && !leadIn.EnumerateRunes().Any(rune => rune.Value > 0x2190)
        )
        {
            return false;
        }
        var close = text.AsSpan(open + 1).LastIndexOfAny(Quotes);
        remainder = close < 0 ? "" : text[(open + close + 2)..];
        return true;
    }
}
