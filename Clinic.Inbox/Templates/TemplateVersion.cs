using Clinic.Inbox.Data;

namespace Clinic.Inbox.Templates;

/// <summary>One saved wording. Append-only: the newest of a kind and scope is what is sent, earlier ones can be restored.</summary>
public sealed class TemplateVersion
{
    private TemplateVersion() { }

    public TemplateVersion(
        Id<TemplateVersion> id,
        TemplateKind kind,
        string scope,
        int number,
        string? text,
        string by,
        DateTimeOffset at
    )
    {
        Id = id;
        Kind = kind;
        Scope = scope;
        Number = number;
        Text = text;
        By = by;
        At = at;
    }

    public Id<TemplateVersion> Id { get; private set; }
    public TemplateKind Kind { get; private set; }

    /// <summary>The id of the appointment type whose own text it is; empty for the clinic's default.</summary>
    public string Scope { get; private set; } = "";

    /// <summary>From 1, for each kind and scope.</summary>
    public int Number { get; private set; }

    /// <summary>Null: the text of its own was given up, and the wider one holds again.</summary>
    public string? Text { get; private set; }

    public string By { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
}
