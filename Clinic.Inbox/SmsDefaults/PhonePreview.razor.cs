using System.Globalization;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>A text as the client's phone shows it, with its size and price, filled in by examples or by a real client.</summary>
public sealed partial class PhonePreview
{
    /// <summary>From more segments on the writer is warned.</summary>
    private const int MostSegments = 3;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");
    private string _rendered = "";
    private SmsAnalysis? _analysis;
    private SmsCulprit? _culprit;
    private (int Start, int Length)? _culpritPlace;

    [Parameter, EditorRequired]
    public TemplateKind Kind { get; set; }

    /// <summary>The last text without mistakes; null: there was none yet.</summary>
    [Parameter, EditorRequired]
    public TemplateText? Template { get; set; }

    /// <summary>What stands in the field.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The field has mistakes: what is shown is older.</summary>
    [Parameter]
    public bool IsStale { get; set; }

    [Parameter, EditorRequired]
    public PreviewSample Sample { get; set; } = null!;

    [Parameter]
    public AddOn AddOn { get; set; }

    [Parameter]
    public EventCallback OnExamples { get; set; }

    [Parameter]
    public EventCallback OnPickClient { get; set; }

    /// <summary>Shows a stretch of the field.</summary>
    [Parameter]
    public EventCallback<(int Start, int Length)> OnShow { get; set; }

    private IEnumerable<MissingValue> Missing =>
        Sample.Missing.Where(m => Text.Contains(m.Variables, StringComparison.Ordinal));

    private string Characters =>
        _analysis!.Characters == 1
            ? "1 character"
            : $"{_analysis.Characters.ToString("N0", English)} characters";

    private string Cost =>
        AddOn switch
        {
            AddOn.TwoWay => "Costs nothing extra: two-way texting is unlimited.",
            AddOn.OneWay =>
                $"Costs {AddOnPrices.OneWayMessage.ToString("C", English)} each time, charged at the end of the month.",
            _ => "Nothing is sent yet: no add-on is on.",
        };

    /// <summary>What else counts, and is not in the preview.</summary>
    private string? Suffix =>
        Kind switch
        {
            TemplateKind.FirstMessageSuffix or TemplateKind.SecondOptInSuffix =>
                "It stands below another text and counts with it.",
            TemplateKind.OptOutReply
            or TemplateKind.OptInReply
            or TemplateKind.HelpReply
            or TemplateKind.OptInRequest
            or TemplateKind.OptInConfirmation => null,
            _ => "The first text to a number is longer: the first-message suffix ends it.",
        };

    protected override void OnParametersSet()
    {
        _rendered = Template?.Render(Sample.Values) ?? "";
        _analysis = Template is null ? null : SmsText.Analyze(_rendered);
        _culprit = _analysis is { Culprits: [var first, ..] } ? first : null;
        _culpritPlace =
            _culprit is { } culprit
            && Text.IndexOf(culprit.Character, StringComparison.Ordinal) is >= 0 and var at
                ? (at, culprit.Character.Length)
                : null;
    }
}
