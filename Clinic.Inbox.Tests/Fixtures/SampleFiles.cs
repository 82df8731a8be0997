using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Small real files of each kind, and hostile ones.</summary>
internal static class SampleFiles
{
    /// <summary>Where a photo's metadata says that it was taken: must not leave with it.</summary>
    public const string Secret = "GPS 41.8781N 87.6298W";

    public static byte[] Jpeg(int width = 40, int height = 20) =>
        Encode(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Png(int width = 40, int height = 20) =>
        Encode(width, height, SKEncodedImageFormat.Png);

    public static byte[] Webp() => Encode(40, 20, SKEncodedImageFormat.Webp);

    /// <summary>Noise, which no format makes small.</summary>
    public static byte[] NoisyPng(int width, int height)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        new Random(7).NextBytes(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>
    /// A photo as a phone held upright takes it: 40 × 20 pixels, the left half red, to be turned by 90° (EXIF orientation
    /// 6), with <see cref="Secret"/> in its metadata.
    /// </summary>
    public static byte[] TurnedPhoto()
    {
        var photo = Jpeg();
        var text = Encoding.ASCII.GetBytes(Secret + "\0");
        var exif = new List<byte>();
        exif.AddRange("Exif\0\0"u8);
        exif.AddRange("MM\0*\0\0\0\b"u8);
        exif.AddRange([0, 2]);
        // ImageDescription (0x010E), ASCII, after the directory; Orientation (0x0112), SHORT, 6.
        exif.AddRange([0x01, 0x0E, 0, 2, 0, 0, 0, (byte)text.Length, 0, 0, 0, 38]);
        exif.AddRange([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
        exif.AddRange([0, 0, 0, 0]);
        exif.AddRange(text);
        var length = exif.Count + 2;
        return
        [
            0xFF,
            0xD8,
            0xFF,
            0xE1,
            (byte)(length >> 8),
            (byte)length,
            .. exif,
            .. photo.AsSpan(2),
        ];
    }

    public static byte[] Pdf(string says = "records") =>
        Encoding.ASCII.GetBytes(
            $"""
            %PDF-1.4
            1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
            2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
            4 0 obj<</Length {says.Length + 36}>>stream
            BT /F1 24 Tf 30 100 Td ({says}) Tj ET
            endstream endobj
            5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
            trailer<</Root 1 0 R>>
            %%EOF
            """
        );

    /// <summary>A header that claims 50,000 × 50,000 pixels, and hardly any content.</summary>
    public static byte[] PngBomb() => PngOf(50_000, 50_000);

    /// <summary>A small one that claims that size.</summary>
    public static byte[] PngOf(int width, int height)
    {
        var png = Png();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        return png;
    }

    /// <summary>Two frames of one pixel.</summary>
    public static byte[] AnimatedGif()
    {
        byte[] frame =
        [
            0x21,
            0xF9,
            4,
            0,
            10,
            0,
            0,
            0,
            0x2C,
            0,
            0,
            0,
            0,
            1,
            0,
            1,
            0,
            0,
            2,
            2,
            0x44,
            1,
            0,
        ];
        return
        [
            .. "GIF89a"u8,
            1,
            0,
            1,
            0,
            0x80,
            0,
            0,
            255,
            0,
            0,
            0,
            0,
            255,
            .. frame,
            .. frame,
            0x3B,
        ];
    }

    /// <summary>2 × 1 pixels of 24 bits.</summary>
    public static byte[] Bmp()
    {
        var bmp = new byte[62];
        "BM"u8.CopyTo(bmp);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(2), bmp.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 2);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), 1);
        bmp[26] = 1;
        bmp[28] = 24;
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(34), 8);
        return bmp;
    }

    /// <summary>ISO base media with a brand, for example <c>isom</c>.</summary>
    public static byte[] BaseMedia(string brand) =>
        [
            0,
            0,
            0,
            24,
            .. "ftyp"u8,
            .. Encoding.ASCII.GetBytes(brand),
            0,
            0,
            2,
            0,
            .. "isommp42"u8,
            .. new byte[200],
        ];

    /// <summary>Two frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz.</summary>
    public static byte[] Mp3()
    {
        var mp3 = new byte[417 * 2];
        ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0x00]).CopyTo(mp3);
        ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0x00]).CopyTo(mp3.AsSpan(417));
        return mp3;
    }

    public static byte[] VCard() =>
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dana Miller\r\nTEL;TYPE=CELL:+14155550134\r\nNOTE:a note that\r\n  goes on\r\nEND:VCARD\r\n"u8.ToArray();

    private static byte[] Encode(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        using (var canvas = new SKCanvas(bitmap))
        using (var red = new SKPaint { Color = SKColors.Red })
        {
            canvas.Clear(SKColors.Blue);
            canvas.DrawRect(0, 0, width / 2f, height, red);
        }
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
            }
        }
        return ~crc;
    }
}
