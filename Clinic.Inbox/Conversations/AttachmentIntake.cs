using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>What became of a file that staff want to send.</summary>
public abstract record IntakeResult
{
    /// <summary>It is in storage, ready for a draft; when it is not sent within a day it is removed.</summary>
    public sealed record Taken(StoredFile File) : IntakeResult;

    /// <param name="Reason">In plain words, with what to do.</param>
    public sealed record Refused(string Reason) : IntakeResult;
}

/// <summary>
/// Takes what staff attach in the composer: photos and PDFs, by their content. Photos are made anew, which leaves
/// behind where they were taken and fits them to what the carrier delivers (jpg, png, gif up to 2 MB).
/// </summary>
public sealed class AttachmentIntake(AttachmentStore store, Pictures pictures, TimeProvider clock)
{
    /// <summary>Bytes of the largest photo that is looked at; phones make 15 MB at most.</summary>
    public const int LargestPicture = 20 * 1024 * 1024;

    public const int LargestPdf = 5 * 1024 * 1024;

    /// <summary>Vonage: images up to 2 MB; a little less, for a MB is a million to some.</summary>
    private const int MostBytesSent = 1_950_000;

    /// <summary>
    /// Reads <paramref name="content"/> to its end and keeps it. Exceptions of the stream (the browser went away) pass
    /// through; nothing is kept then.
    /// </summary>
    public Task<IntakeResult> TakeAsync(
        Stream content,
        string fileName,
        CancellationToken cancellation
    ) => TakeAsync(content, fileName, LargestPdf, cancellation);

    /// <inheritdoc cref="TakeAsync(Stream, string, CancellationToken)"/>
    /// <param name="largestPdf">Bytes; at most <see cref="LargestPicture"/>. What goes behind a link the carrier never carries.</param>
    public async Task<IntakeResult> TakeAsync(
        Stream content,
        string fileName,
        int largestPdf,
        CancellationToken cancellation
    )
    {
        if (await ReadAsync(content, cancellation) is not { } bytes)
        {
            return new IntakeResult.Refused(
                $"The file is larger than {LargestPicture / (1024 * 1024)} MiB. Send a smaller one."
            );
        }
        if (bytes.Length == 0)
        {
            return new IntakeResult.Refused("The file is empty.");
        }
        var name = AttachmentNames.Clean(fileName);
        return FileDetection.Detect(bytes.Span) switch
        {
            { Showing: FileShowing.Picture } kind => await TakePictureAsync(
                kind,
                bytes,
                name,
                cancellation
            ),
            { Showing: FileShowing.Pdf } => await TakePdfAsync(
                bytes,
                name,
                largestPdf,
                cancellation
            ),
            { } heic when heic == FileKinds.Heic => new IntakeResult.Refused(
                "HEIC photos can't be sent by text. Save it as JPEG first."
            ),
            _ => new IntakeResult.Refused(
                "Only photos (JPEG, PNG, GIF) and PDFs can be sent by text."
            ),
        };
    }

    private async Task<IntakeResult> TakePdfAsync(
        ReadOnlyMemory<byte> bytes,
        string name,
        int largest,
        CancellationToken cancellation
    ) =>
        bytes.Length > largest
            ? new IntakeResult.Refused(
                $"The PDF has {Megabytes(bytes.Length)} MB; {largest / (1024 * 1024)} MB is the most that can be sent. Make it smaller or send it by email."
            )
            : new IntakeResult.Taken(await KeepPdfAsync(bytes, name, cancellation));

    private async Task<IntakeResult> TakePictureAsync(
        FileKind kind,
        ReadOnlyMemory<byte> bytes,
        string name,
        CancellationToken cancellation
    )
    {
        switch (await pictures.ReadAsync(bytes, cancellation))
        {
            case PictureResult.TooLarge large:
                return new IntakeResult.Refused(
                    $"The picture has {large.Width:N0} × {large.Height:N0} pixels, more than can be handled. Send a smaller one."
                );
            case PictureResult.Good good:
                var remade =
                    kind == FileKinds.Gif && await pictures.IsAnimatedAsync(bytes, cancellation)
                        ? Animation(bytes, good)
                        : await pictures.RemakeAsync(
                            bytes,
                            lossless: kind != FileKinds.Jpeg,
                            MostBytesSent,
                            cancellation
                        );
                return remade is null
                    ? new IntakeResult.Refused(
                        "The picture can't be made small enough to send (2 MB)."
                    )
                    : new IntakeResult.Taken(
                        await KeepAsync(remade, good.Thumbnail, name, cancellation)
                    );
            default:
                return new IntakeResult.Refused("The picture is damaged and can't be opened.");
        }
    }

    /// <summary>An animation stays as it is: to make it anew would stop it.</summary>
    private static NewPicture? Animation(ReadOnlyMemory<byte> bytes, PictureResult.Good good) =>
        bytes.Length <= MostBytesSent
            ? new NewPicture(FileKinds.Gif, bytes, good.Width, good.Height)
            : null;

    /// <summary>
    /// The picture with at most <paramref name="most"/> bytes: itself when it is small enough, else made anew as another
    /// file. Null when it can't be, or is gone.
    /// </summary>
    internal async Task<StoredFile?> FitAsync(
        StoredFile file,
        int most,
        CancellationToken cancellation
    )
    {
        if (file.Size <= most)
        {
            return file;
        }
        await using var content = store.Open(file.Id, thumbnail: false);
        if (
            content is null
            || await ReadAsync(content, cancellation) is not { } bytes
            || await pictures.RemakeAsync(bytes, lossless: false, most, cancellation)
                is not { } small
            || await pictures.ReadAsync(small.Bytes, cancellation) is not PictureResult.Good good
        )
        {
            return null;
        }
        return await KeepAsync(small, good.Thumbnail, file.Name, cancellation);
    }

    /// <summary>A PDF that was made here.</summary>
    internal Task<StoredFile> KeepPdfAsync(
        ReadOnlyMemory<byte> bytes,
        string name,
        CancellationToken cancellation
    ) => KeepAsync(new NewPicture(FileKinds.Pdf, bytes, 0, 0), thumbnail: null, name, cancellation);

    private async Task<StoredFile> KeepAsync(
        NewPicture file,
        ReadOnlyMemory<byte>? thumbnail,
        string name,
        CancellationToken cancellation
    )
    {
        var id = Id<Attachment>.New(clock.GetUtcNow());
        await store.SaveAsync(id, file.Bytes, cancellation);
        if (thumbnail is { } small)
        {
            await store.SaveThumbnailAsync(id, small, cancellation);
        }
        return new StoredFile(
            id,
            AttachmentNames.Fitting(name, file.Kind),
            file.Kind.ContentType,
            file.Bytes.Length,
            file.Width,
            file.Height,
            thumbnail is not null
        );
    }

    /// <summary>Everything; null when there is more than we look at.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        Stream content,
        CancellationToken cancellation
    )
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            if (whole.Length + read > LargestPicture)
            {
                return null;
            }
            whole.Write(buffer, 0, read);
        }
        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private static string Megabytes(int bytes) =>
        (bytes / (1024.0 * 1024)).ToString(
            "0.0",
            System.Globalization.CultureInfo.InvariantCulture
        );
}
