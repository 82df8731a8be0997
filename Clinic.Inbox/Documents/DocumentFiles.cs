using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>What a document consists of before it is sent.</summary>
/// <param name="File">Null for a form, and for an update without a photo.</param>
/// <param name="Kept">The file is known already: it is the library's.</param>
internal sealed record PreparedDocument(
    DocumentKind Kind,
    string Title,
    StoredFile? File = null,
    bool Kept = false,
    Id<FormVersion>? Form = null,
    string Text = "",
    bool AsPicture = false
);

/// <summary>Takes, finds or makes what lies behind a link.</summary>
public sealed class DocumentFiles(
    IDbContextFactory<InboxDb> databases,
    AttachmentIntake intake,
    AttachmentStore store,
    DocumentFacts facts
)
{
    /// <summary>Bytes of a PDF behind a link: no carrier carries it.</summary>
    public const int LargestPdf = 20 * 1024 * 1024;

    /// <summary>Bytes of a picture that goes in the text itself: every carrier's phones take so much.</summary>
    public const int LargestPicture = 500_000;

    /// <summary>Takes a file that staff chose: a photo, made anew, or a PDF.</summary>
    public Task<IntakeResult> TakeAsync(
        Stream content,
        string name,
        CancellationToken cancellation
    ) => intake.TakeAsync(content, name, LargestPdf, cancellation);

    /// <summary>What is to be sent; a problem when it can't be.</summary>
    internal async Task<(PreparedDocument? Prepared, FieldProblem? Problem)> PrepareAsync(
        DocumentDraft draft,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return draft.Content switch
        {
            DocumentContent.Upload { AsPicture: true } upload => await PictureAsync(
                upload.File,
                cancellation
            ),
            DocumentContent.Upload upload => Ready(
                new PreparedDocument(
                    DocumentKind.File,
                    Path.GetFileNameWithoutExtension(upload.File.Name),
                    upload.File
                )
            ),
            DocumentContent.FromLibrary library => await LibraryAsync(
                db,
                library.Item,
                cancellation
            ),
            DocumentContent.Form form => await FormAsync(db, form.Template, cancellation),
            DocumentContent.Statement => await StatementAsync(draft.ClientId, cancellation),
            DocumentContent.PatientFile => await PatientFileAsync(draft, cancellation),
            DocumentContent.Update update => Update(update),
            _ => throw new InvalidOperationException("A new kind of content has no way here yet."),
        };
    }

    /// <summary>The file made here for a document that was refused is not needed any more; what staff chose they may send yet.</summary>
    internal void Forget(DocumentDraft draft, PreparedDocument prepared)
    {
        var taken = draft.Content switch
        {
            DocumentContent.Upload upload => upload.File.Id,
            DocumentContent.Update { Photo: { } photo } => photo.Id,
            _ => default,
        };
        if (prepared is { Kept: false, File: { } file } && file.Id != taken)
        {
            store.Delete(file.Id);
        }
    }

    private static async Task<(PreparedDocument?, FieldProblem?)> LibraryAsync(
        InboxDb db,
        Id<LibraryItem> id,
        CancellationToken cancellation
    )
    {
        var item = await db
            .LibraryItems.AsNoTracking()
            .FirstOrDefaultAsync(i => i.Id == id, cancellation);
        if (item?.FormId is { } form)
        {
            return await FormAsync(db, form, cancellation);
        }
        var kept = item is null
            ? null
            : await db
                .KeptFiles.AsNoTracking()
                .FirstOrDefaultAsync(k => k.Id == item.FileId, cancellation);
        return kept is null
            ? Problem("library", "It is not in the library any more. Choose another.")
            : Ready(
                new PreparedDocument(DocumentKind.File, item!.Name, StoredFile.Of(kept), Kept: true)
            );
    }

    private static async Task<(PreparedDocument?, FieldProblem?)> FormAsync(
        InboxDb db,
        Id<FormTemplate> id,
        CancellationToken cancellation
    )
    {
        var newest = await db
            .FormVersions.AsNoTracking()
            .Where(v => v.FormId == id)
            .Where(v => db.FormTemplates.Any(f => f.Id == id && f.RemovedAt == null))
            .OrderByDescending(v => v.Number)
            .FirstOrDefaultAsync(cancellation);
        return newest is null
            ? Problem("form", "This form is not there any more. Choose another.")
            : Ready(new PreparedDocument(DocumentKind.Form, newest.Title, Form: newest.Id));
    }

    private async Task<(PreparedDocument?, FieldProblem?)> StatementAsync(
        Id<Client> client,
        CancellationToken cancellation
    )
    {
        if (await facts.StatementAsync(client, cancellation) is not { } statement)
        {
            return Problem("client", "This client is not there any more.");
        }
        var file = await intake.KeepPdfAsync(
            StatementPdf.Write(statement),
            $"Statement {statement.Day:yyyy-MM-dd}.pdf",
            cancellation
        );
        return Ready(
            new PreparedDocument(
                DocumentKind.Statement,
                $"Statement of {statement.Day.ToString("MMMM d, yyyy", DocumentFacts.English)}",
                file
            )
        );
    }

    private async Task<(PreparedDocument?, FieldProblem?)> PatientFileAsync(
        DocumentDraft draft,
        CancellationToken cancellation
    )
    {
        if (
            draft.PatientId is not { } id
            || await facts.PatientAsync(draft.ClientId, id, cancellation) is not { } patient
        )
        {
            return Problem("patient", "Choose the patient.");
        }
        var name = AttachmentNames.Clean($"{patient.Name} {patient.Day:yyyy-MM-dd}.pdf");
        var file = await intake.KeepPdfAsync(PatientFilePdf.Write(patient), name, cancellation);
        return Ready(
            new PreparedDocument(DocumentKind.PatientFile, $"Patient file of {patient.Name}", file)
        );
    }

    private static (PreparedDocument?, FieldProblem?) Update(DocumentContent.Update update)
    {
        var text = SmsText
            .RepairSurrogates(update.Text)
            .Replace('\0', '\uFFFD')
            .ReplaceLineEndings("\n")
            .Trim();
        return text.Length switch
        {
            0 => Problem("text", "Write what the client shall read."),
            > SharedDocument.LongestText => Problem(
                "text",
                $"An update has at most {SharedDocument.LongestText:N0} characters; this has {text.Length:N0}."
            ),
            _ => Ready(
                new PreparedDocument(DocumentKind.VisitUpdate, "Update", update.Photo, Text: text)
            ),
        };
    }

    /// <summary>The picture once more, small enough for a text; the carrier fetches it from here.</summary>
    private async Task<(PreparedDocument?, FieldProblem?)> PictureAsync(
        StoredFile file,
        CancellationToken cancellation
    )
    {
        if (!FileKinds.IsPicture(file.ContentType))
        {
            return Problem("file", "Only a picture can go as a picture message. Send a link.");
        }
        return await intake.FitAsync(file, LargestPicture, cancellation) is { } small
            ? Ready(
                new PreparedDocument(
                    DocumentKind.File,
                    Path.GetFileNameWithoutExtension(small.Name),
                    small,
                    AsPicture: true
                )
            )
            : Problem(
                "file",
                "The picture can't be made small enough for a text, or was not sent for a day and is gone. Choose it again, or send a link."
            );
    }

    private static (PreparedDocument?, FieldProblem?) Ready(PreparedDocument prepared) =>
        (prepared, null);

    private static (PreparedDocument?, FieldProblem?) Problem(string field, string problem) =>
        (null, new FieldProblem(field, problem));
}
