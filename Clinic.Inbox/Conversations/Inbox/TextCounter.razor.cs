using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// Characters, segments and encoding of what is being written, with what will be appended; warns before a text costs
/// another segment, and points at the character that makes it dear.
/// </summary>
public sealed partial class TextCounter
{
    /// <summary>From so many units left on, the next segment is announced.</summary>
    private const int NearlyFull = 10;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");
    private SmsAnalysis? _analysis;
    private SmsCulprit? _culprit;
    private int _characters;
    private int _plainSegments;
    private bool _plainHelps;

    /// <summary>What stands in the field, at least its beginning.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The whole length, UTF-16 units.</summary>
    [Parameter, EditorRequired]
    public int Length { get; set; }

    /// <summary>What will be appended and costs as much; null: nothing.</summary>
    [Parameter]
    public string? Suffix { get; set; }

    /// <summary>Goes as MMS, which knows no segments.</summary>
    [Parameter]
    public bool HasFiles { get; set; }

    /// <summary>Shows the character in the text.</summary>
    [Parameter]
    public EventCallback<SmsCulprit> OnPoint { get; set; }

    /// <summary>Puts the plain twins in, as the person asked.</summary>
    [Parameter]
    public EventCallback OnPlain { get; set; }

    private bool IsTooLong => Length > Outbox.LongestText;

    private bool IsNearlyFull => _analysis is { UnitsLeftInSegment: <= NearlyFull };

    private string Left =>
        _analysis!.UnitsLeftInSegment == 0
            ? $"The next character costs segment {_analysis.Segments.Value + 1}"
            : $"{_analysis.UnitsLeftInSegment} left before segment {_analysis.Segments.Value + 1}";

    private string Characters =>
        _characters == 1 ? "1 character" : $"{_characters.ToString("N0", English)} characters";

    private string EncodingHint =>
        _analysis?.Encoding is SmsEncoding.Ucs2
            ? "A character outside the basic alphabet: 70 a segment instead of 160"
            : "The basic alphabet: 160 characters a segment";

    private string Cost =>
        _analysis!.CulpritCount == 1
            ? "takes more room"
            : $"and {_analysis.CulpritCount - 1} more take more room";

    private string PlainOffer =>
        _analysis!.CulpritCount == 1 && _culprit!.Twin is { Length: > 0 } twin
            ? $"Use {twin}: {Segments(_plainSegments)}"
            : $"Use plain ones: {Segments(_plainSegments)}";

    protected override void OnParametersSet()
    {
        if (Length == 0)
        {
            _analysis = null;
            return;
        }
        var written = Text.Trim();
        _analysis = SmsText.Analyze(Whole(written));
        // The field shows the text as it was typed: positions are those of the untrimmed text.
        var own = SmsText.Analyze(Text);
        _characters = own.Characters;
        _culprit = Worst(own);
        _plainHelps = false;
        if (_culprit is not null)
        {
            var plain = SmsText.Analyze(Whole(SmsText.WithPlainTwins(written)));
            _plainSegments = plain.Segments.Value;
            _plainHelps = plain.Units < _analysis.Units || plain.Encoding < _analysis.Encoding;
        }
    }

    /// <summary>A character that has a twin can be helped: it is pointed at before one that has none.</summary>
    private static SmsCulprit? Worst(SmsAnalysis analysis) =>
        analysis.Culprits.FirstOrDefault(culprit => culprit.Twin is not null)
        ?? analysis.Culprits.FirstOrDefault();

    private string Whole(string text) =>
        string.IsNullOrEmpty(Suffix) ? text : $"{text}\n\n{Suffix}";

    private static string Segments(int count) => count == 1 ? "1 segment" : $"{count} segments";

    /// <summary>Invisible characters are named, since they can't be seen.</summary>
    private static string Shown(SmsCulprit culprit) =>
        culprit.Twin is "" || string.IsNullOrWhiteSpace(culprit.Character)
            ? "an invisible character"
            : culprit.Character;
}
