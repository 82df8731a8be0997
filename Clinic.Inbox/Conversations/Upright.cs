using SkiaSharp;

namespace Clinic.Inbox.Conversations;

/// <summary>Pixels of a picture the right way up, in sRGB, at the size wanted; its metadata stays behind.</summary>
internal static class Upright
{
    /// <summary>Width and height as the picture is seen.</summary>
    public static SKSizeI SizeOf(SKCodec codec) =>
        Turn(codec.EncodedOrigin, new(codec.Info.Width, codec.Info.Height));

    /// <summary>The first frame, no side longer than <paramref name="side"/>; null when it can't be decoded.</summary>
    /// <param name="keepTransparency">Else what is transparent becomes white, as a JPEG needs it.</param>
    public static SKBitmap? Decode(SKCodec codec, int side, bool keepTransparency = false)
    {
        var longest = Math.Max(codec.Info.Width, codec.Info.Height);
        // A JPEG decodes to an eighth, a quarter … of its size at little cost; other formats answer their full size.
        var from = codec.GetScaledDimensions(Math.Min(1f, (float)side / longest));
        using var raw = new SKBitmap(Format(from));
        // A cut-off picture shows what there is of it.
        if (
            codec.GetPixels(raw.Info, raw.GetPixels())
            is not (SKCodecResult.Success or SKCodecResult.IncompleteInput)
        )
        {
            return null;
        }
        var size = Turn(codec.EncodedOrigin, from);
        return Draw(
            raw,
            Matrix(codec.EncodedOrigin, from),
            size,
            Fit(size, side),
            keepTransparency
        );
    }

    /// <summary>On white, no side longer than <paramref name="side"/>.</summary>
    public static SKBitmap Scale(SKBitmap picture, int side)
    {
        var size = new SKSizeI(picture.Width, picture.Height);
        return Draw(picture, SKMatrix.Identity, size, Fit(size, side), keepTransparency: false);
    }

    private static SKBitmap Draw(
        SKBitmap from,
        SKMatrix turn,
        SKSizeI turned,
        SKSizeI size,
        bool keepTransparency
    )
    {
        var to = new SKBitmap(Format(size));
        using var canvas = new SKCanvas(to);
        canvas.Clear(keepTransparency ? SKColors.Transparent : SKColors.White);
        canvas.Scale((float)size.Width / turned.Width, (float)size.Height / turned.Height);
        canvas.Concat(turn);
        using var image = SKImage.FromBitmap(from);
        canvas.DrawImage(
            image,
            0,
            0,
            new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)
        );
        return to;
    }

    private static SKImageInfo Format(SKSizeI size) =>
        new(
            size.Width,
            size.Height,
            SKColorType.Rgba8888,
            SKAlphaType.Premul,
            SKColorSpace.CreateSrgb()
        );

    private static SKSizeI Fit(SKSizeI size, int side)
    {
        var scale = Math.Min(1.0, (double)side / Math.Max(size.Width, size.Height));
        return new(
            Math.Max(1, (int)Math.Round(size.Width * scale)),
            Math.Max(1, (int)Math.Round(size.Height * scale))
        );
    }

    private static SKSizeI Turn(SKEncodedOrigin origin, SKSizeI size) =>
        origin
            is SKEncodedOrigin.LeftTop
                or SKEncodedOrigin.RightTop
                or SKEncodedOrigin.RightBottom
                or SKEncodedOrigin.LeftBottom
            ? new(size.Height, size.Width)
            : size;

    /// <summary>From stored to seen pixels (EXIF 2.32, Orientation).</summary>
    private static SKMatrix Matrix(SKEncodedOrigin origin, SKSizeI size)
    {
        var (w, h) = ((float)size.Width, (float)size.Height);
        return origin switch
        {
            SKEncodedOrigin.TopRight => new(-1, 0, w, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new(-1, 0, w, 0, -1, h, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, h, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new(0, -1, h, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new(0, -1, h, -1, 0, w, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, w, 0, 0, 1),
            _ => SKMatrix.Identity,
        };
    }
}
