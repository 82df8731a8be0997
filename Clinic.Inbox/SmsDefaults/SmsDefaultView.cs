using Clinic.Inbox.AddOns;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>A text in the list.</summary>
/// <param name="Types">How many appointment types have a text of their own.</param>
public sealed record SmsDefaultRow(Wording Wording, int Types)
{
    public static string Href(TemplateKind kind, string? typeId = null) =>
        $"{Layout.Paths.SmsDefaults}/{TemplateInfo.Of(kind).Name}{(typeId is null ? "" : $"?type={typeId}")}";
}

/// <summary>Everything that the editor opens with.</summary>
/// <param name="TypeName">The appointment type whose own text it is; null: the clinic's text.</param>
/// <param name="History">Newest first.</param>
/// <param name="Types">Every appointment type, by name; empty when the kind has no texts of types.</param>
/// <param name="Examples">What stands in for a client.</param>
/// <param name="AddOn">What the clinic's line is on for: what a text costs.</param>
public sealed record SmsDefaultView(
    Wording Wording,
    string? TypeName,
    IReadOnlyList<SavedText> History,
    IReadOnlyList<TypeText> Types,
    PreviewSample Examples,
    AddOn AddOn
)
{
    public TemplateInfo Info => TemplateInfo.Of(Wording.Kind);

    /// <summary>What stands in the field at first: what was saved, even when it can't be sent.</summary>
    public string Start => Wording.Own ?? Wording.Text;
}

/// <summary>A version of a text.</summary>
/// <param name="Text">Null: the text of its own was given up.</param>
public sealed record SavedText(int Number, string? Text, string By, DateTimeOffset At);

/// <summary>An appointment type, and whether it has a text of its own.</summary>
public sealed record TypeText(string Id, string Name, bool HasOwn);

/// <summary>What stands in for a template's variables.</summary>
/// <param name="Who">The client; null for the examples.</param>
/// <param name="Missing">What is not on record and therefore an example.</param>
public sealed record PreviewSample(
    string? Who,
    IReadOnlyDictionary<string, string> Values,
    IReadOnlyList<MissingValue> Missing
);

/// <summary>Something that is not on record, so that the preview can't show it.</summary>
/// <param name="Variables">How the variables begin that it concerns: <c>appointment.</c>.</param>
/// <param name="Says">In a sentence.</param>
public sealed record MissingValue(string Variables, string Says);
