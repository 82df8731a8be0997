using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>A file to be served.</summary>
/// <param name="Name">With an extension that says what it is.</param>
/// <param name="Content">The caller disposes it.</param>
public sealed record ServedFile(Id<Attachment> Id, string Name, FileKind Kind, Stream Content);

/// <summary>Decides which file is served to whom; its bytes are only ever those of a message that still exists.</summary>
public sealed class AttachmentServing(
    IDbContextFactory<InboxDb> databases,
    AttachmentStore store,
    TimeProvider clock
)
{
    /// <summary>Hex digits of a public token: 128 bits.</summary>
    internal const int TokenLength = 32;

    /// <summary>A file for staff; null when there is none (yet, or any more).</summary>
    public async Task<ServedFile?> FindAsync(
        Id<Attachment> id,
        bool thumbnail,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = await db
            .Attachments.AsNoTracking()
            .FirstOrDefaultAsync(
                a => a.Id == id && a.State == AttachmentState.Stored,
                cancellation
            );
        if (found is null)
        {
            return await FindKeptAsync(id, thumbnail, cancellation);
        }
        return thumbnail && !found.HasThumbnail ? null : Serve(found, found.Name, thumbnail);
    }

    /// <summary>A file of a document or of the library; null when there is none (any more).</summary>
    public async Task<ServedFile?> FindKeptAsync(
        Id<Attachment> id,
        bool thumbnail,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var kept = await db
            .KeptFiles.AsNoTracking()
            .FirstOrDefaultAsync(k => k.Id == id, cancellation);
        return kept is null || (thumbnail && !kept.HasThumbnail)
            ? null
            : Serve(kept.Id, kept.ContentType, kept.Name, thumbnail);
    }

    /// <summary>A file that the carrier fetches to deliver it: only one of ours, only while its link lives.</summary>
    public async Task<ServedFile?> FindPublicAsync(
        string token,
        string name,
        CancellationToken cancellation
    )
    {
        if (token.Length != TokenLength || !token.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var found = await db
            .Attachments.AsNoTracking()
            .FirstOrDefaultAsync(
                a =>
                    a.PublicToken == token
                    && a.PublicUntil > now
                    && a.State == AttachmentState.Stored
                    && db.Messages.Any(m =>
                        m.Id == a.MessageId && m.Direction == MessageDirection.Outbound
                    ),
                cancellation
            );
        return found is not null && name == AttachmentNames.ForCarrier(found)
            ? Serve(found, name, thumbnail: false)
            : null;
    }

    private ServedFile? Serve(Attachment file, string name, bool thumbnail) =>
        Serve(file.Id, file.ContentType, name, thumbnail);

    private ServedFile? Serve(Id<Attachment> id, string contentType, string name, bool thumbnail) =>
        FileKinds.Of(contentType) is { } kind && store.Open(id, thumbnail) is { } content
            ? new ServedFile(id, name, thumbnail ? FileKinds.Jpeg : kind, content)
            : null;
}
