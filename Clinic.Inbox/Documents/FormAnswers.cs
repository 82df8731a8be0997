using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>What a client answered, with the questions as they were asked. Final: there is one for each document and it never changes.</summary>
public sealed class FormAnswers
{
    private FormAnswers() { }

    public FormAnswers(
        Id<FormAnswers> id,
        SharedDocument document,
        FormVersion form,
        IReadOnlyList<GivenAnswer> answers,
        DateTimeOffset at
    )
    {
        Id = id;
        DocumentId = document.Id;
        ClientId = document.ClientId;
        Title = form.Title;
        FormVersionId = form.Id;
        Answers = answers;
        At = at;
    }

    public Id<FormAnswers> Id { get; private set; }
    public Id<SharedDocument> DocumentId { get; private set; }
    public Id<Client> ClientId { get; private set; }
    public Id<FormVersion> FormVersionId { get; private set; }

    /// <summary>The form's, as it was.</summary>
    public string Title { get; private set; } = "";

    /// <summary>In the order of the questions; also those that were left open.</summary>
    public IReadOnlyList<GivenAnswer> Answers { get; private set; } = [];
    public DateTimeOffset At { get; private set; }
}

/// <summary>What was asked and what was answered.</summary>
/// <param name="Values">Empty: left open. Several only where several could be chosen.</param>
public sealed record GivenAnswer(string Question, QuestionKind Kind, IReadOnlyList<string> Values);
