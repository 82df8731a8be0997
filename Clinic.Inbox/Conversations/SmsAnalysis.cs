namespace Clinic.Inbox.Conversations;

/// <summary>What a text costs to send, and why.</summary>
/// <param name="Encoding">GSM-7 unless a character forces UCS-2.</param>
/// <param name="Characters">
/// Characters as the typist counts them: in UCS-2 a family emoji or a letter with its accent is one; in GSM-7 every
/// character of the alphabet is one, so a euro sign counts one here though it costs two septets.
/// </param>
/// <param name="Units">What the text takes up: septets in GSM-7, UTF-16 units in UCS-2.</param>
/// <param name="Segments">0 for an empty text.</param>
/// <param name="UnitsLeftInSegment">
/// Units that can still be typed in this encoding before the text costs another segment, 0 to 160.
/// </param>
/// <param name="Culprits">
/// What forces UCS-2, in order; empty in GSM-7. At most <see cref="SmsText.MostCulprits"/> of them:
/// <paramref name="CulpritCount"/> says how many there are.
/// </param>
/// <param name="CulpritCount">How many characters force UCS-2.</param>
public sealed record SmsAnalysis(
    SmsEncoding Encoding,
    int Characters,
    int Units,
    SegmentCount Segments,
    int UnitsLeftInSegment,
    IReadOnlyList<SmsCulprit> Culprits,
    int CulpritCount
);

/// <summary>A character, as the reader sees it, that GSM-7 does not have.</summary>
/// <param name="Position">Where it begins, as an index into the text's UTF-16 units.</param>
/// <param name="Character">The character with everything that belongs to it (accents, skin tone, joined emoji).</param>
/// <param name="Twin">
/// A GSM-7 text that means the same, to be offered and never put in silently; empty for an invisible character that can
/// go; null when there is none, as for ½, ° and µ: a dose must not change.
/// </param>
public sealed record SmsCulprit(int Position, string Character, string? Twin);
