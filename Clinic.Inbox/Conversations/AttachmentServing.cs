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
        return found is null || (thumbnail && !found.HasThumbnail)
            ? null
            : Serve(found, found.Name, thumbnail);
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
        FileKinds.Of(file.ContentType) is { } kind && store.Open(file.Id, thumbnail) is { } content
            ? new ServedFile(file.Id, name, thumbnail ? FileKinds.Jpeg : kind, content)
            : null;
}
