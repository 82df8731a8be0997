using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>What whoever holds a link stands before. It names nobody.</summary>
/// <param name="Hash">Of the link's token: what a grant is bound to.</param>
/// <param name="Closed">Why nothing opens; null when it does.</param>
/// <param name="Clinic">The clinic's name.</param>
public sealed record DocumentAtDoor(
    Id<SharedDocument> Id,
    string Hash,
    DocumentState? Closed,
    DocumentKind Kind,
    bool AsksLastName,
    string Clinic
)
{
    public bool IsOpen => Closed is null;
}

/// <summary>What lies behind the link, for whoever opened it.</summary>
/// <param name="Patient">Name; null for none in particular.</param>
/// <param name="File">Null when there is none.</param>
/// <param name="Form">Null when it is no form.</param>
/// <param name="AnsweredAt">When the form was sent; null: not yet.</param>
public sealed record OpenedDocument(
    string Title,
    string Text,
    string? Patient,
    AttachmentView? File,
    FormVersion? Form,
    DateTimeOffset? AnsweredAt
);

/// <summary>What came of trying to open.</summary>
public enum OpenOutcome
{
    Opened,
    WrongName,

    /// <summary>Expired, withdrawn or locked by now.</summary>
    Closed,
}

/// <summary>What came of sending a form in.</summary>
public abstract record AnswerOutcome
{
    private AnswerOutcome() { }

    public sealed record Kept : AnswerOutcome;

    /// <summary>Nothing was written.</summary>
    /// <param name="Problems">By the question's key, in plain words.</param>
    public sealed record Wrong(IReadOnlyDictionary<string, string> Problems) : AnswerOutcome;

    /// <summary>It was sent before, closed, or is no form.</summary>
    public sealed record Closed : AnswerOutcome;
}

/// <summary>The side of a document that strangers stand before: whoever has the link, and nobody else.</summary>
public sealed class DocumentDoor(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    private static readonly Actor Client = new("client", "Client");

    /// <summary>Null when there is no such link. Looking changes nothing: a link preview is nobody who opened it.</summary>
    public async Task<DocumentAtDoor?> FindAsync(string token, CancellationToken cancellation)
    {
        if (!DocumentLink.IsToken(token))
        {
            return null;
        }
        var hash = DocumentLink.HashOf(token);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var document = await db
            .DocumentLinks.Where(l => l.Hash == hash)
            .Join(db.SharedDocuments, l => l.DocumentId, d => d.Id, (_, d) => d)
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellation);
        if (document is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.Select(c => c.Name).SingleAsync(cancellation);
        return new DocumentAtDoor(
            document.Id,
            hash,
            document.ClosedAt(clock.GetUtcNow()),
            document.Kind,
            document.AsksLastName,
            clinic
        );
    }

    /// <summary>Somebody opens it: counted, and told to staff. A wrong last name is counted too.</summary>
    public Task<OpenOutcome> OpenAsync(
        Id<SharedDocument> id,
        string? lastName,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var document = await TrackedAsync(session, id);
                if (document.ClosedAt(session.Now) is not null)
                {
                    return OpenOutcome.Closed;
                }
                var outcome = OpenOutcome.Opened;
                if (document.AsksLastName && !await KnowsNameAsync(session, document, lastName))
                {
                    document.CountWrongName();
                    outcome = document.IsLocked ? OpenOutcome.Closed : OpenOutcome.WrongName;
                    if (document.IsLocked)
                    {
                        session.Note(Client, "document.locked", id.ToString());
                    }
                }
                else
                {
                    document.Opened(session.Now);
                }
                await session.Db.SaveChangesAsync();
                await DocumentChanges.TellAsync(session, document);
                return outcome;
            },
            cancellation
        );

    /// <summary>What was opened; null when it closed since.</summary>
    public async Task<OpenedDocument?> ContentAsync(
        Id<SharedDocument> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var document = await db
            .SharedDocuments.AsNoTracking()
            .FirstOrDefaultAsync(d => d.Id == id, cancellation);
        if (document is null || document.ClosedAt(clock.GetUtcNow()) is not null)
        {
            return null;
        }
        var file = await db
            .KeptFiles.AsNoTracking()
            .FirstOrDefaultAsync(k => k.Id == document.FileId, cancellation);
        return new OpenedDocument(
            document.Title,
            document.Text,
            await db
                .Patients.Where(p => p.Id == document.PatientId)
                .Select(p => p.Name)
                .FirstOrDefaultAsync(cancellation),
            file is null ? null : DocumentQueries.View(file),
            await db
                .FormVersions.AsNoTracking()
                .FirstOrDefaultAsync(f => f.Id == document.FormVersionId, cancellation),
            document.AnsweredAt
        );
    }

    /// <summary>The id of the file behind it; null when there is none (any more).</summary>
    public async Task<Id<Attachment>?> FileAsync(
        Id<SharedDocument> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .SharedDocuments.Where(d => d.Id == id)
            .Select(d => d.FileId)
            .FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Checks the answers and keeps them for good; staff hear of it at once.</summary>
    /// <param name="given">What was sent for a question's key.</param>
    public Task<AnswerOutcome> AnswerAsync(
        Id<SharedDocument> id,
        Func<string, IReadOnlyList<string>> given,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<AnswerOutcome>(
            async session =>
            {
                var db = session.Db;
                var document = await TrackedAsync(session, id);
                var form = await db.FormVersions.FirstOrDefaultAsync(f =>
                    f.Id == document.FormVersionId
                );
                if (
                    form is null
                    || document.ClosedAt(session.Now) is not null
                    || document.AnsweredAt is not null
                )
                {
                    return new AnswerOutcome.Closed();
                }
                var (answers, problems) = FormCheck.Read(form.Questions, given);
                if (problems.Count > 0)
                {
                    return new AnswerOutcome.Wrong(problems);
                }
                db.FormAnswers.Add(
                    new FormAnswers(
                        Id<FormAnswers>.New(session.Now),
                        document,
                        form,
                        answers,
                        session.Now
                    )
                );
                document.Answered(session.Now);
                session.Note(Client, "document.answered", id.ToString());
                await MarkUnreadAsync(session, document);
                await db.SaveChangesAsync();
                await DocumentChanges.TellAsync(session, document);
                return new AnswerOutcome.Kept();
            },
            cancellation
        );

    /// <summary>An answered form is to be read like a text: the open conversation it was sent in shows it.</summary>
    private static async Task MarkUnreadAsync(WriteSession session, SharedDocument document)
    {
        var db = session.Db;
        var sentIn = await db
            .Messages.Where(m => m.Id == document.MessageId)
            .Select(m => m.ConversationId)
            .FirstOrDefaultAsync();
        if (sentIn is not { } id)
        {
            return;
        }
        await session.LockAsync("Conversations", "Id", id.ToString());
        var conversation = await db.Conversations.FirstOrDefaultAsync(c => c.Id == id);
        if (conversation is { IsOpen: true })
        {
            conversation.NoteReceived($"Filled in: {document.Title}", session.Now, asks: false);
            session.Publish(
                new InboxEvent.ConversationChanged(ConversationRow.Of(conversation), Flash: true)
            );
        }
    }

    private static async Task<bool> KnowsNameAsync(
        WriteSession session,
        SharedDocument document,
        string? lastName
    )
    {
        var onRecord = await session
            .Db.Clients.Where(c => c.Id == document.ClientId)
            .Select(c => c.LastName)
            .SingleAsync();
        return LastName.Matches(lastName, onRecord);
    }

    private static async Task<SharedDocument> TrackedAsync(
        WriteSession session,
        Id<SharedDocument> id
    )
    {
        await session.LockAsync("SharedDocuments", "Id", id.ToString());
        return await session.Db.SharedDocuments.SingleAsync(d => d.Id == id);
    }
}
