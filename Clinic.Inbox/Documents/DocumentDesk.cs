using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>
/// What staff do with documents. A document and the text with its link are written in one transaction: without consent
/// neither is there.
/// </summary>
public sealed class DocumentDesk(
    InboxWriter writer,
    DocumentFiles files,
    AttachmentStore store,
    PublicAddress address
)
{
    private const string FileGone = "The file was not sent for a day and is gone. Choose it again.";

    public async Task<DocumentResult> SendAsync(
        DocumentDraft draft,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (Problem(draft) is { } problem)
        {
            return new DocumentResult.Invalid(problem);
        }
        var (prepared, unfit) = await files.PrepareAsync(draft, cancellation);
        if (prepared is null)
        {
            return new DocumentResult.Invalid(unfit!);
        }
        DocumentResult? result = null;
        try
        {
            return result = await writer.RunAsync(
                session => SendAsync(session, draft, prepared, actor),
                cancellation
            );
        }
        finally
        {
            if (result is not DocumentResult.Sent)
            {
                files.Forget(draft, prepared);
            }
        }
    }

    /// <summary>A new text with a new link to the same document; the earlier link goes on. Unlocks what was locked.</summary>
    public Task<DocumentResult> SendAgainAsync(
        Id<SharedDocument> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<DocumentResult>(
            async session =>
            {
                if (await FindAsync(session, id) is not { } document)
                {
                    return NotThere;
                }
                if (
                    document.StateAt(session.Now)
                    is DocumentState.Withdrawn
                        or DocumentState.Answered
                        or DocumentState.Expired
                        or DocumentState.Picture
                )
                {
                    return new DocumentResult.Refused(
                        "closed",
                        "Its link opens nothing any more. Extend it first, or send a new one."
                    );
                }
                var client = await session.Db.Clients.SingleAsync(c => c.Id == document.ClientId);
                var (route, refused) = await DocumentRoute.FindAsync(
                    session,
                    client.Id,
                    document.Number,
                    conversationId: null
                );
                return route is null
                    ? refused!
                    : await TextAsync(
                        session,
                        document,
                        route,
                        picture: null,
                        actor,
                        "document.sentAgain"
                    );
            },
            cancellation
        );

    /// <summary>The link opens nothing any more, at once. A text with it that has not left does not leave.</summary>
    public Task<DeskResult> WithdrawAsync(
        Id<SharedDocument> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            async (session, document) =>
            {
                if (document.WithdrawnAt is not null || document.PictureId is not null)
                {
                    return DeskResult.NotNow;
                }
                document.Withdraw(actor.Name, session.Now);
                session.Note(actor, "document.withdrawn", id.ToString());
                await TakeBackAsync(session, document);
                return DeskResult.Done;
            },
            cancellation
        );

    private static async Task TakeBackAsync(WriteSession session, SharedDocument document)
    {
        var waiting = await session
            .Db.DocumentLinks.Where(l => l.DocumentId == document.Id)
            .Join(session.Db.Messages, l => l.MessageId, m => m.Id, (_, m) => m)
            .Where(m => m.State == MessageState.Queued)
            .ToListAsync();
        foreach (var text in waiting)
        {
            if (await session.HoldAsync(text) && text.State == MessageState.Queued)
            {
                text.MarkFailed("withdrawn", "Not sent: the document was withdrawn.");
            }
        }
    }

    /// <summary>The link works so many days from now.</summary>
    /// <param name="days">One of <see cref="SharedDocument.Lifetimes"/>.</param>
    public Task<DeskResult> ExtendAsync(
        Id<SharedDocument> id,
        int days,
        Actor actor,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, SharedDocument.Lifetimes[0]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, SharedDocument.Lifetimes[^1]);
        return ChangeAsync(
            id,
            (session, document) =>
            {
                if (
                    document.WithdrawnAt is not null
                    || document.FileRemovedAt is not null
                    || document.PictureId is not null
                )
                {
                    return Task.FromResult(DeskResult.NotNow);
                }
                document.WorkUntil(session.Now.AddDays(days));
                session.Note(actor, "document.extended", id.ToString(), $"{days} days");
                return Task.FromResult(DeskResult.Done);
            },
            cancellation
        );
    }

    private async Task<DocumentResult> SendAsync(
        WriteSession session,
        DocumentDraft draft,
        PreparedDocument prepared,
        Actor actor
    )
    {
        var db = session.Db;
        var client = await db
            .Clients.Include(c => c.Phones)
            .Include(c => c.Patients)
            .FirstOrDefaultAsync(c => c.Id == draft.ClientId);
        if (client is null)
        {
            return NotThere;
        }
        if (Misfit(draft, client) is { } misfit)
        {
            return new DocumentResult.Invalid(misfit);
        }
        var (route, refused) = await DocumentRoute.FindAsync(
            session,
            client.Id,
            client.Mobile,
            draft.ConversationId
        );
        if (route is null)
        {
            return refused!;
        }
        if (prepared.AsPicture && !route.CarriesPictures)
        {
            return new DocumentResult.Refused(
                "noPictures",
                "Pictures can be texted only between numbers of the US and Canada, from a long code or a toll-free number. Send a link."
            );
        }
        if (!await KeepAsync(session, prepared))
        {
            return new DocumentResult.Refused("fileGone", FileGone);
        }
        var title = TitleOf(draft, prepared, client);
        var document = new SharedDocument(
            Id<SharedDocument>.New(session.Now),
            prepared.Kind,
            title.Length > SharedDocument.LongestTitle
                ? title[..SharedDocument.LongestTitle]
                : title,
            client.Id,
            route.Number,
            session.Now,
            actor.Name,
            session.Now.AddDays(draft.Days)
        )
        {
            PatientId = draft.PatientId,
            FileId = prepared.AsPicture ? null : prepared.File?.Id,
            PictureId = prepared.AsPicture ? prepared.File!.Id : null,
            FormVersionId = prepared.Form,
            Text = prepared.Text,
            AsksLastName = draft.AsksLastName && !prepared.AsPicture,
        };
        db.SharedDocuments.Add(document);
        return await TextAsync(
            session,
            document,
            route,
            prepared.AsPicture ? prepared.File : null,
            actor,
            "document.sent"
        );
    }

    /// <summary>Queues the text and saves all; nothing is saved when the gate refuses.</summary>
    /// <param name="picture">Goes in the text itself; null: a link does.</param>
    private async Task<DocumentResult> TextAsync(
        WriteSession session,
        SharedDocument document,
        DocumentRoute route,
        StoredFile? picture,
        Actor actor,
        string action
    )
    {
        var db = session.Db;
        var clinic = await db.ClinicProfiles.Select(c => c.Name).SingleAsync();
        var patient = await db
            .Patients.Where(p => p.Id == document.PatientId)
            .Select(p => p.Name)
            .FirstOrDefaultAsync();
        DocumentLink? link = null;
        string? shown = null;
        if (picture is null)
        {
            var token = DocumentLink.NewToken();
            link = new DocumentLink(token, document.Id, session.Now);
            db.DocumentLinks.Add(link);
            shown = address.At("d/" + token).AbsoluteUri;
        }
        var draft = new Draft(
            route.Line,
            route.Number,
            MessageKind.Document,
            Purpose.Transactional,
            DocumentText.Write(clinic, document.Kind, patient, shown)
        )
        {
            Conversation = route.Conversation,
            ClientId = document.ClientId,
            By = actor.Name,
            Files = picture is null ? [] : [picture],
        };
        switch (await Outbox.EnqueueAsync(session, draft, CancellationToken.None))
        {
            case EnqueueResult.Refused refused:
                // Nothing of it was saved, and with the end of this work it is forgotten.
                return new DocumentResult.Refused(refused.Code, refused.Reason);
            case EnqueueResult.Queued { Message: var message }:
                document.SentWith(message.Id);
                if (link is not null)
                {
                    link.MessageId = message.Id;
                }
                session.Note(
                    actor,
                    action,
                    document.Id.ToString(),
                    $"{document.Kind.Name()}, client {document.ClientId}"
                );
                await db.SaveChangesAsync();
                session.Publish(new InboxEvent.DocumentsChanged(document.ClientId));
                return new DocumentResult.Sent(document, message);
            default:
                throw new InvalidOperationException("The outbox answered something new.");
        }
    }

    /// <summary>A file that staff chose becomes a kept one; false when it is gone.</summary>
    private async Task<bool> KeepAsync(WriteSession session, PreparedDocument prepared)
    {
        if (prepared.File is not { } file)
        {
            return true;
        }
        if (prepared.Kept)
        {
            return await session.Db.KeptFiles.AnyAsync(k => k.Id == file.Id);
        }
        if (!store.Renew(file.Id))
        {
            return false;
        }
        if (!prepared.AsPicture)
        {
            session.Db.KeptFiles.Add(new KeptFile(file, session.Now));
        }
        return true;
    }

    private Task<DeskResult> ChangeAsync(
        Id<SharedDocument> id,
        Func<WriteSession, SharedDocument, Task<DeskResult>> change,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (await FindAsync(session, id) is not { } document)
                {
                    return DeskResult.NotFound;
                }
                var result = await change(session, document);
                if (result == DeskResult.Done)
                {
                    await session.Db.SaveChangesAsync();
                    await DocumentChanges.TellAsync(session, document);
                }
                return result;
            },
            cancellation
        );

    private static async Task<SharedDocument?> FindAsync(
        WriteSession session,
        Id<SharedDocument> id
    )
    {
        await session.LockAsync("SharedDocuments", "Id", id.ToString());
        return await session.Db.SharedDocuments.FirstOrDefaultAsync(d => d.Id == id);
    }

    private static FieldProblem? Problem(DocumentDraft draft) =>
        draft switch
        {
            { Title: { } title } when title.Trim().Length > SharedDocument.LongestTitle => new(
                "title",
                $"A title has at most {SharedDocument.LongestTitle} characters."
            ),
            { Title: { } title } when title.Any(char.IsControl) => new(
                "title",
                "Write the title on one line."
            ),
            _ when !SharedDocument.Lifetimes.Contains(draft.Days) => new(
                "days",
                "Choose one of the list."
            ),
            _ => null,
        };

    private static FieldProblem? Misfit(DocumentDraft draft, Client client) =>
        draft switch
        {
            { PatientId: { } patient } when client.Patients.All(p => p.Id != patient) => new(
                "patient",
                "This patient is another client's now. Choose again."
            ),
            { AsksLastName: true } when LastName.Fold(client.LastName).Length == 0 => new(
                "lastName",
                "This client has no last name on record that could be asked for."
            ),
            _ => null,
        };

    private static string TitleOf(DocumentDraft draft, PreparedDocument prepared, Client client) =>
        draft.Title?.Trim() is { Length: > 0 } chosen ? chosen
        : prepared.Kind == DocumentKind.VisitUpdate
        && client.Patients.FirstOrDefault(p => p.Id == draft.PatientId) is { } patient
            ? $"Update on {patient.Name}"
        : prepared.Title;

    private static DocumentResult.Refused NotThere => new("notFound", "It is not there any more.");
}
