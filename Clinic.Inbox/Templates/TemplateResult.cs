namespace Clinic.Inbox.Templates;

/// <summary>What came of saving a text.</summary>
public abstract record TemplateResult
{
    public sealed record Saved(TemplateVersion Version) : TemplateResult;

    public sealed record Refused(IReadOnlyList<TemplateProblem> Problems) : TemplateResult;

    /// <summary>Somebody saved another text since the writer looked. Nothing is written.</summary>
    public sealed record Outdated(TemplateVersion Newest) : TemplateResult;
}
