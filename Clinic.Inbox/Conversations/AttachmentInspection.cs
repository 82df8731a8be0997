using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>What came of one attempt to fetch a file.</summary>
public abstract record FetchOutcome(string Name)
{
    internal const string AskAgain = "Ask the client to send it again.";

    /// <summary>It is on the disk; only the commit is missing.</summary>
    public sealed record Stored(FileKind Kind, long Size, int Width, int Height, bool HasThumbnail)
        : FetchOutcome("stored");

    public sealed record Later(string Reason) : FetchOutcome("later");

    /// <param name="Reason">In plain words, with what to do.</param>
    public sealed record Never(string Reason) : FetchOutcome("failed");
}

/// <summary>Looks at a client's file by its content and keeps it when it is one that we take.</summary>
public sealed class AttachmentInspection(AttachmentStore store, Pictures pictures)
{
    /// <summary>Writes file and thumbnail durably, or says why the file is not taken.</summary>
    public async Task<FetchOutcome> KeepAsync(
        Id<Attachment> id,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        switch (FileDetection.Detect(bytes.Span))
        {
            case null:
                return new FetchOutcome.Never(
                    "This kind of file is not taken, for safety. Ask the client to send a photo or a PDF."
                );
            case { Showing: FileShowing.Picture } kind:
                return await KeepPictureAsync(id, kind, bytes, cancellation);
            case { } kind:
                await store.SaveAsync(id, bytes, cancellation);
                return new FetchOutcome.Stored(kind, bytes.Length, 0, 0, HasThumbnail: false);
        }
    }

    private async Task<FetchOutcome> KeepPictureAsync(
        Id<Attachment> id,
        FileKind kind,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        switch (await pictures.ReadAsync(bytes, cancellation))
        {
            case PictureResult.Good good:
                await store.SaveThumbnailAsync(id, good.Thumbnail, cancellation);
                await store.SaveAsync(id, bytes, cancellation);
                return new FetchOutcome.Stored(
                    kind,
                    bytes.Length,
                    good.Width,
                    good.Height,
                    HasThumbnail: true
                );
            case PictureResult.TooLarge large:
                return new FetchOutcome.Never(
                    $"The picture has {large.Width:N0} × {large.Height:N0} pixels, more than is opened, for safety. Ask the client to send a smaller one."
                );
            default:
                return new FetchOutcome.Never(
                    $"The picture is damaged and can't be opened. {FetchOutcome.AskAgain}"
                );
        }
    }
}
