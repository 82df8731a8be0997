using System.Diagnostics;
using System.Text;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using SkiaSharp;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class PicturesTests : IDisposable
{
    private readonly Pictures _pictures = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thumbnail_stands_upright_and_says_nothing_of_the_place()
    {
        var photo = SampleFiles.TurnedPhoto();
        Assert.Contains(
            SampleFiles.Secret,
            Encoding.Latin1.GetString(photo),
            StringComparison.Ordinal
        );

        var good = Assert.IsType<PictureResult.Good>(
            await _pictures.ReadAsync(photo, Cancellation)
        );

        Assert.Equal((20, 40), (good.Width, good.Height));
        using var thumbnail = SKBitmap.Decode(good.Thumbnail.Span);
        Assert.Equal((20, 40), (thumbnail.Width, thumbnail.Height));
        Assert.True(
            thumbnail.GetPixel(10, 5).Red > 200,
            "The left of the stored pixels is the top."
        );
        Assert.True(thumbnail.GetPixel(10, 35).Blue > 200);
        var bytes = Encoding.Latin1.GetString(good.Thumbnail.Span);
        Assert.DoesNotContain("GPS", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("Exif", bytes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 10, 5)]
    [InlineData(2, 30, 5)]
    [InlineData(3, 30, 15)]
    [InlineData(4, 10, 15)]
    [InlineData(5, 5, 10)]
    [InlineData(6, 15, 10)]
    [InlineData(7, 15, 30)]
    [InlineData(8, 5, 30)]
    public async Task Every_orientation_is_applied(byte orientation, int x, int y)
    {
        // A green spot in the upper left quarter of the stored pixels; where it is seen depends on the orientation.
        using var bitmap = new SKBitmap(40, 20);
        using (var canvas = new SKCanvas(bitmap))
        using (var green = new SKPaint { Color = SKColors.Lime })
        {
            canvas.Clear(SKColors.Black);
            canvas.DrawRect(0, 0, 20, 10, green);
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        byte[] exif =
        [
            .. "Exif\0\0MM\0*\0\0\0\b\0\u0001"u8,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            orientation,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        byte[] photo =
        [
            0xFF,
            0xD8,
            0xFF,
            0xE1,
            0,
            (byte)(exif.Length + 2),
            .. exif,
            .. data.ToArray().AsSpan(2),
        ];

        var good = Assert.IsType<PictureResult.Good>(
            await _pictures.ReadAsync(photo, Cancellation)
        );

        using var seen = SKBitmap.Decode(good.Thumbnail.Span);
        Assert.True(seen.GetPixel(x, y).Green > 200, $"The spot is not at {x},{y}.");
    }

    [Fact]
    public async Task A_large_picture_gets_a_small_thumbnail()
    {
        var good = Assert.IsType<PictureResult.Good>(
            await _pictures.ReadAsync(SampleFiles.Jpeg(3_000, 1_500), Cancellation)
        );

        Assert.Equal((3_000, 1_500), (good.Width, good.Height));
        using var thumbnail = SKBitmap.Decode(good.Thumbnail.Span);
        Assert.Equal((640, 320), (thumbnail.Width, thumbnail.Height));
    }

    [Fact]
    public async Task A_bomb_is_told_by_its_header_and_costs_nothing()
    {
        var before =
            GC.GetTotalAllocatedBytes(precise: true) + Process.GetCurrentProcess().PeakWorkingSet64;

        var result = await _pictures.ReadAsync(SampleFiles.PngBomb(), Cancellation);

        Assert.Equal(new PictureResult.TooLarge(50_000, 50_000), result);
        var after =
            GC.GetTotalAllocatedBytes(precise: true) + Process.GetCurrentProcess().PeakWorkingSet64;
        // Unpacked it has ten gigabytes. The whole process is measured, and other tests allocate meanwhile.
        Assert.InRange(after - before, 0, 5_000L * 1024 * 1024);
    }

    [Fact]
    public async Task What_only_begins_like_a_picture_is_damaged()
    {
        byte[][] files =
        [
            [0xFF, 0xD8, 0xFF, .. "<script>alert(1)</script>"u8],
            SampleFiles.Png()[..20],
            [.. "RIFF\u0004\0\0\0WEBP"u8],
        ];
        foreach (var file in files)
        {
            Assert.IsType<PictureResult.Damaged>(await _pictures.ReadAsync(file, Cancellation));
        }
    }

    public void Dispose() => _pictures.Dispose();
}
