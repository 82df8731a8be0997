using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>A document as staff see it in a client's profile.</summary>
/// <param name="Patient">Name; null for none in particular.</param>
/// <param name="File">What lies behind the link; null when there is none (any more).</param>
/// <param name="TextState">Of the newest text with its link; null when that was deleted.</param>
/// <param name="TextError">Why that text failed, in plain words.</param>
public sealed record DocumentRow(
    SharedDocument Document,
    DocumentState State,
    string? Patient,
    AttachmentView? File,
    MessageState? TextState,
    string? TextError
);

/// <summary>A document with what the client answered.</summary>
/// <param name="Answers">Null: not answered, or no form.</param>
/// <param name="Client">The client's name.</param>
public sealed record DocumentDetails(DocumentRow Row, string Client, FormAnswers? Answers);

/// <summary>What can be sent to a client, and whether it may.</summary>
/// <param name="Clinic">The clinic's name, with which the text begins.</param>
/// <param name="Number">Where the text goes; null when the client has no mobile.</param>
/// <param name="Gate">Under which consent it leaves, or why it can't; null without a number.</param>
/// <param name="CarriesPictures">Whether a picture can go in the text itself.</param>
public sealed record SendChoices(
    string Clinic,
    Client Client,
    PhoneNumber? Number,
    GateDecision? Gate,
    bool CarriesPictures,
    string Balance,
    IReadOnlyList<FormTemplate> Forms,
    IReadOnlyList<LibraryItem> Library
);

/// <summary>Reads documents for staff. Nothing here changes anything.</summary>
public sealed class DocumentQueries(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    private const int MostRows = 200;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<DocumentRow>> OfClientAsync(
        Id<Client> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await RowsAsync(
            db,
            db.SharedDocuments.Where(d => d.ClientId == id)
                .OrderByDescending(d => d.SentAt)
                .ThenByDescending(d => d.Id)
                .Take(MostRows),
            cancellation
        );
    }

    /// <summary>Null when the client has no such document.</summary>
    public async Task<DocumentDetails?> FindAsync(
        Id<Client> clientId,
        Id<SharedDocument> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await RowsAsync(
            db,
            db.SharedDocuments.Where(d => d.Id == id && d.ClientId == clientId),
            cancellation
        );
        if (rows is not [var row])
        {
            return null;
        }
        var client = await db
            .Clients.AsNoTracking()
            .SingleAsync(c => c.Id == clientId, cancellation);
        var answers = await db
            .FormAnswers.AsNoTracking()
            .FirstOrDefaultAsync(a => a.DocumentId == id, cancellation);
        return new DocumentDetails(row, client.FullName, answers);
    }

    /// <summary>Null when there is no such client.</summary>
    /// <param name="conversationId">Where it is asked for: its number and line are taken. Null: the client's profile.</param>
    public async Task<SendChoices?> ChoicesAsync(
        Id<Client> clientId,
        Id<Conversation>? conversationId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .WithPhonesAndPatients()
            .FirstOrDefaultAsync(c => c.Id == clientId, cancellation);
        if (client is null)
        {
            return null;
        }
        var conversation = conversationId is { } asked
            ? await db
                .Conversations.AsNoTracking()
                .FirstOrDefaultAsync(c => c.Id == asked, cancellation)
            : null;
        var number = conversation?.Number ?? client.Mobile;
        var line = conversation is null
            ? await db
                .Lines.AsNoTracking()
                .Where(l => l.AddOn != AddOn.Off)
                .OrderByDescending(l => l.AddOn == AddOn.TwoWay)
                .ThenBy(l => l.CreatedAt)
                .FirstOrDefaultAsync(cancellation)
            : await db
                .Lines.AsNoTracking()
                .SingleAsync(l => l.Id == conversation.LineId, cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        return new SendChoices(
            clinic.Name,
            client,
            number,
            number is { } to ? await GateAsync(db, to, clientId, cancellation) : null,
            line is { CanSendPictures: true } && number?.Region is "US" or "CA",
            Money.Balance(client.Balance, clinic.Region),
            await db
                .FormTemplates.AsNoTracking()
                .Where(f => f.RemovedAt == null)
                .OrderBy(f => f.Title)
                .ToListAsync(cancellation),
            await db.LibraryItems.AsNoTracking().OrderBy(i => i.Name).ToListAsync(cancellation)
        );
    }

    private static async Task<GateDecision> GateAsync(
        InboxDb db,
        PhoneNumber number,
        Id<Client> clientId,
        CancellationToken cancellation
    )
    {
        var owners = await ClientsOfNumber.FindAsync(db, number, clientId, cancellation);
        return await ConsentGate.DecideAsync(
            db,
            number,
            owners,
            Purpose.Transactional,
            cancellation
        );
    }

    private async Task<List<DocumentRow>> RowsAsync(
        InboxDb db,
        IQueryable<SharedDocument> documents,
        CancellationToken cancellation
    )
    {
        var found = await documents
            .AsNoTracking()
            .Select(d => new
            {
                Document = d,
                Patient = db
                    .Patients.Where(p => p.Id == d.PatientId)
                    .Select(p => p.Name)
                    .FirstOrDefault(),
                File = db.KeptFiles.FirstOrDefault(k => k.Id == d.FileId),
                Picture = db.Attachments.FirstOrDefault(a => a.Id == d.PictureId),
                Text = db
                    .Messages.Where(m => m.Id == d.MessageId)
                    .Select(m => new { m.State, m.Error })
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellation);
        var now = clock.GetUtcNow();
        return
        [
            .. found.Select(row => new DocumentRow(
                row.Document,
                row.Document.StateAt(now),
                row.Patient,
                row.File is { } file ? View(file)
                    : row.Picture is { } picture ? AttachmentView.Of(picture)
                    : null,
                row.Text?.State,
                row.Text?.Error
            )),
        ];
    }

    internal static AttachmentView View(KeptFile file) =>
        new(
            file.Id,
            file.Name,
            AttachmentState.Stored,
            file.ContentType,
            file.Size,
            file.Width,
            file.Height,
            file.HasThumbnail,
            Error: null
        );
}
