using SkiaSharp;

namespace Clinic.Inbox.Conversations;

/// <summary>What a picture turned out to be.</summary>
public abstract record PictureResult
{
    /// <param name="Width">Pixels as it is seen, that is with its orientation applied.</param>
    /// <param name="Thumbnail">A JPEG of ours without anything of the original but its pixels.</param>
    public sealed record Good(int Width, int Height, ReadOnlyMemory<byte> Thumbnail)
        : PictureResult;

    /// <summary>It claims more pixels than we decode.</summary>
    public sealed record TooLarge(int Width, int Height) : PictureResult;

    public sealed record Damaged : PictureResult;
}

/// <summary>A picture made anew to be sent.</summary>
public sealed record NewPicture(FileKind Kind, ReadOnlyMemory<byte> Bytes, int Width, int Height);

/// <summary>
/// Decodes pictures from strangers: the size that the header claims is checked before a pixel is decoded, and one is
/// decoded at a time, so that many large ones do not fill the memory.
/// </summary>
public sealed class Pictures : IDisposable
{
    /// <summary>Most pixels that are decoded: 160 MB of memory.</summary>
    public const long MostPixels = 40_000_000;

    /// <summary>The longer side of a thumbnail, in pixels.</summary>
    public const int ThumbnailSide = 640;

    /// <summary>The longer side of a picture that we send.</summary>
    private const int SentSide = 2_560;

    private const int SmallestSentSide = 320;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Checks a picture and makes its thumbnail.</summary>
    public Task<PictureResult> ReadAsync(
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    ) => AloneAsync(() => Read(bytes), cancellation);

    /// <summary>
    /// The picture made anew, without metadata, upright, and of at most <paramref name="most"/> bytes: a PNG where
    /// <paramref name="lossless"/> asks for one and it fits, else a JPEG. Null when it can't be decoded.
    /// </summary>
    public Task<NewPicture?> RemakeAsync(
        ReadOnlyMemory<byte> bytes,
        bool lossless,
        int most,
        CancellationToken cancellation
    ) => AloneAsync(() => Remake(bytes, lossless, most), cancellation);

    /// <summary>True when it has more than one frame.</summary>
    public Task<bool> IsAnimatedAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        AloneAsync(
            () =>
            {
                using var codec = Open(bytes);
                return codec is { FrameCount: > 1 };
            },
            cancellation
        );

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<T> AloneAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            return await Task.Run(work, cancellation);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static PictureResult Read(ReadOnlyMemory<byte> bytes)
    {
        using var codec = Open(bytes);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0)
        {
            return new PictureResult.Damaged();
        }
        var size = Upright.SizeOf(codec);
        if ((long)size.Width * size.Height > MostPixels)
        {
            return new PictureResult.TooLarge(size.Width, size.Height);
        }
        using var small = Upright.Decode(codec, ThumbnailSide);
        return small is null
            ? new PictureResult.Damaged()
            : new PictureResult.Good(
                size.Width,
                size.Height,
                Encode(small, SKEncodedImageFormat.Jpeg, 82)
            );
    }

    private static NewPicture? Remake(ReadOnlyMemory<byte> bytes, bool lossless, int most)
    {
        using var codec = Open(bytes);
        if (codec is null || (long)codec.Info.Width * codec.Info.Height > MostPixels)
        {
            return null;
        }
        using var full = Upright.Decode(codec, SentSide, keepTransparency: lossless);
        if (full is null)
        {
            return null;
        }
        if (
            lossless
            && Encode(full, SKEncodedImageFormat.Png, 100) is var png
            && png.Length <= most
        )
        {
            return new NewPicture(FileKinds.Png, png, full.Width, full.Height);
        }
        for (var side = SentSide; side >= SmallestSentSide; side = side * 3 / 4)
        {
            using var smaller = Upright.Scale(full, side);
            foreach (var quality in (ReadOnlySpan<int>)[88, 75])
            {
                var jpeg = Encode(smaller, SKEncodedImageFormat.Jpeg, quality);
                if (jpeg.Length <= most)
                {
                    return new NewPicture(FileKinds.Jpeg, jpeg, smaller.Width, smaller.Height);
                }
            }
        }
        return null;
    }

    private static SKCodec? Open(ReadOnlyMemory<byte> bytes) =>
        SKCodec.Create(SKData.CreateCopy(bytes.Span));

    private static ReadOnlyMemory<byte> Encode(
        SKBitmap bitmap,
        SKEncodedImageFormat format,
        int quality
    )
    {
        using var encoded = bitmap.Encode(format, quality);
        return encoded.ToArray();
    }
}
