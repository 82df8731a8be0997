namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>What a file is: by its bytes where we have them, by its address where the carrier only passes it on.</summary>
internal static class FileKinds
{
    /// <summary>Content type by the first bytes; empty for what an MMS does not carry.</summary>
    public static string TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
            [(byte)'B', (byte)'M', ..] => "image/bmp",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
            [
                _,
                _,
                _,
                _,
                (byte)'f',
                (byte)'t',
                (byte)'y',
                (byte)'p',
                (byte)'h',
                (byte)'e',
                (byte)'i',
                ..,
            ] => "image/heic",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "video/mp4",
            [
                (byte)'R',
                (byte)'I',
                (byte)'F',
                (byte)'F',
                _,
                _,
                _,
                _,
                (byte)'W',
                (byte)'E',
                (byte)'B',
                (byte)'P',
                ..,
            ] => "image/webp",
            [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, 0xFB, ..] => "audio/mpeg",
            _ when bytes.StartsWith("BEGIN:VCARD"u8) => "text/vcard",
            _ => "",
        };

    /// <summary>Vonage's name for files of that content type.</summary>
    public static string NameOf(string contentType) =>
        contentType switch
        {
            "text/vcard" => "vcard",
            _ when contentType.StartsWith("image/", StringComparison.Ordinal) => "image",
            _ when contentType.StartsWith("video/", StringComparison.Ordinal) => "video",
            _ when contentType.StartsWith("audio/", StringComparison.Ordinal) => "audio",
            _ => "file",
        };

    /// <summary>Vonage's name for what an address seems to hold.</summary>
    public static string NameOf(Uri url) =>
        Path.GetExtension(url.AbsolutePath).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" or ".png" or ".gif" or ".bmp" or ".webp" or ".heic" => "image",
            ".mp4" or ".mov" or ".3gp" => "video",
            ".mp3" or ".m4a" or ".amr" or ".wav" or ".ogg" => "audio",
            ".vcf" => "vcard",
            _ => "file",
        };

    public static string ExtensionOf(string contentType) =>
        contentType switch
        {
            "image/jpeg" => ".jpg",
            "image/png" => ".png",
            "image/gif" => ".gif",
            "image/bmp" => ".bmp",
            "image/heic" => ".heic",
            "image/webp" => ".webp",
            "application/pdf" => ".pdf",
            "video/mp4" => ".mp4",
            "audio/mpeg" => ".mp3",
            "text/vcard" => ".vcf",
            _ => ".bin",
        };
}
