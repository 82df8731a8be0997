using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Counts a text as the carrier does (3GPP TS 23.038 and 23.040) and shows what makes it dear. Linear in the text's
/// length and safe for any string, lone surrogates included: the composer calls it on every keystroke.
/// </summary>
public static class SmsText
{
    /// <summary>The most culprits that one analysis lists; nobody looks at more.</summary>
    public const int MostCulprits = 100;

    /// <summary>Encoding, size and segments of the text, with the characters that force UCS-2.</summary>
    public static SmsAnalysis Analyze(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoding = EncodingOf(text);
        var units = UnitsOf(text, encoding);
        var (segments, left) = Fill(text, encoding, units, partEnds: null);
        if (encoding is SmsEncoding.Gsm7)
        {
            return new SmsAnalysis(
                encoding,
                text.Length,
                units,
                new SegmentCount(segments),
                left,
                [],
                0
            );
        }
        var culprits = new List<SmsCulprit>();
        var count = 0;
        var characters = 0;
        for (var at = 0; at < text.Length; characters++)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
            if (!Gsm7Alphabet.Has(text.AsSpan(at, length)))
            {
                count++;
                if (culprits.Count < MostCulprits)
                {
                    var character = text.Substring(at, length);
                    culprits.Add(new SmsCulprit(at, character, PlainTwins.Of(character)));
                }
            }
            at += length;
        }
        return new SmsAnalysis(
            encoding,
            characters,
            units,
            new SegmentCount(segments),
            left,
            culprits,
            count
        );
    }

    /// <summary>The text's segments in order. Joined they are the text; no escape or surrogate pair is split.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoding = EncodingOf(text);
        var ends = new List<int>();
        Fill(text, encoding, UnitsOf(text, encoding), ends);
        var parts = new List<string>(ends.Count);
        var start = 0;
        foreach (var end in ends)
        {
            parts.Add(text[start..end]);
            start = end;
        }
        return parts;
    }

    /// <summary>
    /// The text with every culprit that has a plain twin replaced by it. Only for a person who asked for it: what they
    /// typed is never changed silently.
    /// </summary>
    public static string WithPlainTwins(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (EncodingOf(text) is SmsEncoding.Gsm7)
        {
            return text;
        }
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; )
        {
            var element = text.AsSpan(at, StringInfo.GetNextTextElementLength(text.AsSpan(at)));
            var twin = Gsm7Alphabet.Has(element) ? null : PlainTwins.Of(element.ToString());
            plain.Append(twin ?? element);
            at += element.Length;
        }
        return plain.ToString();
    }

    /// <summary>
    /// The text with each lone surrogate, and the noncharacter U+FFFE that .NET's normaliser refuses as well, as U+FFFD:
    /// it can then be normalised, stored and sent as UTF-8. The same instance when there is nothing to repair.
    /// </summary>
    public static string RepairSurrogates(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? repaired = null;
        for (var at = 0; at < text.Length; at++)
        {
            if (IsPair(text, at))
            {
                repaired?.Append(text, at, 2);
                at++;
            }
            else if (char.IsSurrogate(text[at]) || text[at] == '\ufffe')
            {
                repaired ??= new StringBuilder(text, 0, at, text.Length);
                repaired.Append('\ufffd');
            }
            else
            {
                repaired?.Append(text[at]);
            }
        }
        return repaired?.ToString() ?? text;
    }

    private static SmsEncoding EncodingOf(string text) =>
        Gsm7Alphabet.Has(text) ? SmsEncoding.Gsm7 : SmsEncoding.Ucs2;

    private static int UnitsOf(string text, SmsEncoding encoding)
    {
        if (encoding is SmsEncoding.Ucs2)
        {
            return text.Length;
        }
        var septets = 0;
        foreach (var character in text)
        {
            septets += Gsm7Alphabet.Septets(character);
        }
        return septets;
    }

    /// <summary>Fills segment after segment; dividing would split pairs that stand on a boundary.</summary>
    private static (int Segments, int Left) Fill(
        string text,
        SmsEncoding encoding,
        int units,
        List<int>? partEnds
    )
    {
        if (units <= encoding.UnitsAlone())
        {
            if (text.Length > 0)
            {
                partEnds?.Add(text.Length);
            }
            return (text.Length > 0 ? 1 : 0, encoding.UnitsAlone() - units);
        }
        var segments = 1;
        var left = encoding.UnitsPerPart();
        for (var at = 0; at < text.Length; )
        {
            var length = encoding is SmsEncoding.Ucs2 && IsPair(text, at) ? 2 : 1;
            var cost = encoding is SmsEncoding.Ucs2 ? length : Gsm7Alphabet.Septets(text[at]);
            if (cost > left)
            {
                partEnds?.Add(at);
                segments++;
                left = encoding.UnitsPerPart();
            }
            left -= cost;
            at += length;
        }
        partEnds?.Add(text.Length);
        return (segments, left);
    }

    private static bool IsPair(string text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
}
