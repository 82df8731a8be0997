using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>A form of the clinic. What it asks stands in its versions: a saved change makes a new one.</summary>
public sealed class FormTemplate
{
    private FormTemplate() { }

    public FormTemplate(Id<FormTemplate> id, string title, DateTimeOffset at)
    {
        Id = id;
        Title = title;
        ChangedAt = at;
    }

    public Id<FormTemplate> Id { get; private set; }

    /// <summary>Of the newest version.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Number of the newest version; 0 before the first.</summary>
    public int Version { get; private set; }
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>It is not offered any more. Links that were sent go on, and answers stay.</summary>
    public DateTimeOffset? RemovedAt { get; private set; }

    /// <summary>The next version, which becomes the newest.</summary>
    public FormVersion Revise(FormDraft draft, string by, DateTimeOffset at)
    {
        Title = draft.Title;
        ChangedAt = at;
        Version++;
        return new FormVersion(Id<FormVersion>.New(at), Id, Version, draft, by, at);
    }

    public void Remove(DateTimeOffset at) => RemovedAt ??= at;
}

/// <summary>What a form asked from a certain day on. Never changed: answers keep the questions they answered.</summary>
public sealed class FormVersion
{
    private FormVersion() { }

    internal FormVersion(
        Id<FormVersion> id,
        Id<FormTemplate> formId,
        int number,
        FormDraft draft,
        string by,
        DateTimeOffset at
    )
    {
        Id = id;
        FormId = formId;
        Number = number;
        Title = draft.Title;
        Intro = draft.Intro;
        Questions = draft.Questions;
        By = by;
        At = at;
    }

    public Id<FormVersion> Id { get; private set; }
    public Id<FormTemplate> FormId { get; private set; }

    /// <summary>1 for the first.</summary>
    public int Number { get; private set; }
    public string Title { get; private set; } = "";

    /// <summary>Stands above the questions; may be empty.</summary>
    public string Intro { get; private set; } = "";

    /// <summary>In their order.</summary>
    public IReadOnlyList<FormQuestion> Questions { get; private set; } = [];
    public string By { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
}

/// <summary>A form as somebody wants to save it.</summary>
public sealed record FormDraft(string Title, string Intro, IReadOnlyList<FormQuestion> Questions);

/// <summary>What kind of answer a question takes.</summary>
public enum QuestionKind
{
    /// <summary>One line.</summary>
    Text,
    LongText,

    /// <summary>One of several.</summary>
    Choice,

    /// <summary>Any of several.</summary>
    Choices,
    Date,
    YesNo,

    /// <summary>The name, typed in place of a signature.</summary>
    Signature,
}

/// <summary>One question of a form.</summary>
/// <param name="Key">Names its field, for example <c>q3</c>; unique within the form.</param>
/// <param name="Hint">Small print below it; may be empty.</param>
/// <param name="Choices">What can be chosen; empty for kinds that choose nothing.</param>
public sealed record FormQuestion(
    string Key,
    QuestionKind Kind,
    string Label,
    string Hint,
    bool Required,
    IReadOnlyList<string> Choices
)
{
    public bool HasChoices => Kind is QuestionKind.Choice or QuestionKind.Choices;

    /// <summary>Most characters of an answer.</summary>
    public int Longest =>
        Kind switch
        {
            QuestionKind.LongText => 4_000,
            QuestionKind.Signature => 100,
            _ => 300,
        };
}

/// <summary>Kinds of questions as people read them.</summary>
public static class QuestionKindName
{
    public static string Name(this QuestionKind kind) =>
        kind switch
        {
            QuestionKind.Text => "Short text",
            QuestionKind.LongText => "Long text",
            QuestionKind.Choice => "One of several",
            QuestionKind.Choices => "Several of several",
            QuestionKind.Date => "Date",
            QuestionKind.YesNo => "Yes or no",
            _ => "Signature (typed name)",
        };
}
