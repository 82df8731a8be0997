using System.Buffers.Binary;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Tells what a file is by its bytes. Neither its name nor the type that the sender claims is ever asked. A file that
/// is two things at once (a JPEG with a script behind it) is what its first bytes say, and is served as that alone.
/// </summary>
internal static class FileDetection
{
    /// <summary>The kind; null when it is none that we take.</summary>
    public static FileKind? Detect(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return FileKinds.Jpeg;
        }
        if (
            file.StartsWith(
                (ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]
            )
        )
        {
            return FileKinds.Png;
        }
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
        {
            return FileKinds.Gif;
        }
        if (IsPdf(file))
        {
            return FileKinds.Pdf;
        }
        return Riff(file) ?? BaseMedia(file) ?? Bitmap(file) ?? Sound(file) ?? Card(file);
    }

    /// <summary>The header at the very start; only a byte order mark or white space may stand before it.</summary>
    private static bool IsPdf(ReadOnlySpan<byte> file)
    {
        var start = file.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? file[3..] : file;
        return start.TrimStart(" \t\r\n"u8).StartsWith("%PDF-"u8);
    }

    private static FileKind? Riff(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8))
        {
            return null;
        }
        var form = file[8..12];
        return form.SequenceEqual("WEBP"u8) ? FileKinds.Webp
            : form.SequenceEqual("WAVE"u8) ? FileKinds.Wav
            : null;
    }

    /// <summary>ISO base media (ISO/IEC 14496-12): the major brand of the <c>ftyp</c> box says which.</summary>
    private static FileKind? BaseMedia(ReadOnlySpan<byte> file)
    {
        if (file.Length < 16 || !file[4..8].SequenceEqual("ftyp"u8))
        {
            return null;
        }
        var brand = System.Text.Encoding.Latin1.GetString(file[8..12]);
        return brand switch
        {
            "heic"
            or "heix"
            or "heim"
            or "heis"
            or "hevc"
            or "hevx"
            or "hevm"
            or "hevs"
            or "mif1"
            or "msf1" => FileKinds.Heic,
            "M4A " or "M4B " => FileKinds.M4a,
            "qt  " => FileKinds.QuickTime,
            "isom"
            or "iso2"
            or "iso3"
            or "iso4"
            or "iso5"
            or "iso6"
            or "mp41"
            or "mp42"
            or "mp71"
            or "avc1"
            or "M4V "
            or "M4VH"
            or "M4VP"
            or "MSNV"
            or "mmp4"
            or "dash"
            or "f4v " => FileKinds.Mp4,
            ['3', 'g', 'p' or '2' or 'g' or 'r' or 's' or 'e' or 'h' or 'm', _] =>
                FileKinds.ThreeGp,
            _ => null,
        };
    }

    /// <summary>"BM" alone is too little: the length of the second header must be one that exists.</summary>
    private static FileKind? Bitmap(ReadOnlySpan<byte> file) =>
        file.Length >= 26
        && file.StartsWith("BM"u8)
        && BinaryPrimitives.ReadInt32LittleEndian(file[14..])
            is 12
                or 40
                or 52
                or 56
                or 64
                or 108
                or 124
            ? FileKinds.Bmp
            : null;

    private static FileKind? Sound(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("#!AMR\n"u8) || file.StartsWith("#!AMR-WB\n"u8))
        {
            return FileKinds.Amr;
        }
        if (file.StartsWith("OggS\0"u8))
        {
            return FileKinds.Ogg;
        }
        return IsMp3(file) ? FileKinds.Mp3 : null;
    }

    private static bool IsMp3(ReadOnlySpan<byte> file)
    {
        if (file.Length > 10 && file.StartsWith("ID3"u8) && file[3] is 2 or 3 or 4)
        {
            return true;
        }
        // Without a tag: two frames in a row, for one alone may be anything.
        return Mp3FrameLength(file) is { } length
            && length < file.Length
            && Mp3FrameLength(file[length..]) is not null;
    }

    /// <summary>Bytes of the MPEG layer III frame that starts here (ISO/IEC 11172-3, 13818-3); null when none does.</summary>
    private static int? Mp3FrameLength(ReadOnlySpan<byte> file)
    {
        if (file.Length < 4 || file[0] != 0xFF || (file[1] & 0xE6) != 0xE2)
        {
            return null;
        }
        ReadOnlySpan<int> rates = [44_100, 48_000, 32_000];
        ReadOnlySpan<int> version1 =
        [
            0,
            32,
            40,
            48,
            56,
            64,
            80,
            96,
            112,
            128,
            160,
            192,
            224,
            256,
            320,
        ];
        ReadOnlySpan<int> version2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        var (version, bitrate, rate) = ((file[1] >> 3) & 3, file[2] >> 4, (file[2] >> 2) & 3);
        if (version == 1 || bitrate is 0 or 15 || rate == 3)
        {
            return null;
        }
        var first = version == 3;
        var hertz =
            rates[rate]
            >> (
                first ? 0
                : version == 2 ? 1
                : 2
            );
        var kilobits = first ? version1[bitrate] : version2[bitrate];
        return (first ? 144_000 : 72_000) * kilobits / hertz + ((file[2] >> 1) & 1);
    }

    private static FileKind? Card(ReadOnlySpan<byte> file) =>
        VCard.IsWellFormed(file) ? FileKinds.VCard : null;
}
