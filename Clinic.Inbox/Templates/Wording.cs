namespace Clinic.Inbox.Templates;

/// <summary>How a text stands now.</summary>
/// <param name="Scope">The id of an appointment type; empty for the clinic's.</param>
/// <param name="Text">What is sent, as a template.</param>
/// <param name="Own">What was saved last for exactly this scope; null: nothing, or it was given up.</param>
/// <param name="Version">Number of the newest version of this scope; 0: nothing was ever saved.</param>
/// <param name="By">Who saved that version.</param>
/// <param name="At">When.</param>
public sealed record Wording(
    TemplateKind Kind,
    string Scope,
    string Text,
    string? Own,
    int Version,
    string? By,
    DateTimeOffset? At
)
{
    /// <summary>The product's own words are sent.</summary>
    public bool IsDefault =>
        string.Equals(Text, TemplateInfo.Of(Kind).DefaultText, StringComparison.Ordinal);

    /// <summary>What was saved can't be read (it was changed by hand), so that something else is sent.</summary>
    public bool IsUnreadable =>
        Own is not null && !string.Equals(Own, Text, StringComparison.Ordinal);
}
