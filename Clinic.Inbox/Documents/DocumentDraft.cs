using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>What staff want to send.</summary>
public abstract record DocumentContent
{
    private DocumentContent() { }

    /// <param name="File">Already in storage.</param>
    /// <param name="AsPicture">In the text itself (MMS) instead of behind a link.</param>
    public sealed record Upload(StoredFile File, bool AsPicture = false) : DocumentContent;

    public sealed record FromLibrary(Id<LibraryItem> Item) : DocumentContent;

    /// <summary>The newest version of a form.</summary>
    public sealed record Form(Id<FormTemplate> Template) : DocumentContent;

    /// <summary>Made now: what the client owes.</summary>
    public sealed record Statement : DocumentContent;

    /// <summary>Made now: what the clinic knows of the draft's patient.</summary>
    public sealed record PatientFile : DocumentContent;

    /// <param name="Photo">Already in storage; null for none.</param>
    public sealed record Update(string Text, StoredFile? Photo) : DocumentContent;
}

/// <summary>A document that staff want to send.</summary>
public sealed record DocumentDraft(Id<Client> ClientId, DocumentContent Content)
{
    /// <summary>Whom it is about; null for none in particular.</summary>
    public Id<Patient>? PatientId { get; init; }

    /// <summary>Where it was asked for; null: the client's profile, and it goes to the client's mobile.</summary>
    public Id<Conversation>? ConversationId { get; init; }

    /// <summary>Null: as the content suggests.</summary>
    public string? Title { get; init; }

    /// <summary>One of <see cref="SharedDocument.Lifetimes"/>.</summary>
    public int Days { get; init; } = SharedDocument.UsualDays;
    public bool AsksLastName { get; init; }
}

/// <summary>What came of sending, or sending again.</summary>
public abstract record DocumentResult
{
    private DocumentResult() { }

    /// <summary>It is on its way.</summary>
    public sealed record Sent(SharedDocument Document, Message Message) : DocumentResult;

    /// <summary>Nothing was written.</summary>
    public sealed record Invalid(FieldProblem Problem) : DocumentResult;

    /// <summary>Nothing was written.</summary>
    /// <param name="Code">As of <see cref="EnqueueResult.Refused"/>; <c>notFound</c>, <c>closed</c> and <c>noMobile</c> too.</param>
    /// <param name="Reason">In plain words, with what to do.</param>
    public sealed record Refused(string Code, string Reason) : DocumentResult;
}
