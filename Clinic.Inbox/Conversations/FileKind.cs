namespace Clinic.Inbox.Conversations;

/// <summary>How a kind of file is shown to staff.</summary>
public enum FileShowing
{
    /// <summary>In the thread and the lightbox.</summary>
    Picture,

    /// <summary>In the viewer.</summary>
    Pdf,

    /// <summary>Played by the browser, as far as it can.</summary>
    Player,

    /// <summary>Only ever saved.</summary>
    Download,
}

/// <summary>A kind of file that the inbox takes.</summary>
/// <param name="ContentType">What its bytes are, for browsers.</param>
/// <param name="Title">The name of a file that came without one.</param>
/// <param name="Extensions">With their dot; the first is ours.</param>
public sealed record FileKind(
    string ContentType,
    FileShowing Showing,
    string Title,
    params string[] Extensions
);

/// <summary>
/// Every kind of file that is taken. What is not here (HTML, SVG, scripts, archives, programs, office documents) is
/// refused, not kept as an unknown download: nothing here scans for viruses, and a client can always send a picture.
/// </summary>
public static class FileKinds
{
    public static readonly FileKind Jpeg = new(
        "image/jpeg",
        FileShowing.Picture,
        "photo",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif"
    );
    public static readonly FileKind Png = new("image/png", FileShowing.Picture, "picture", ".png");
    public static readonly FileKind Gif = new("image/gif", FileShowing.Picture, "picture", ".gif");
    public static readonly FileKind Webp = new(
        "image/webp",
        FileShowing.Picture,
        "picture",
        ".webp"
    );
    public static readonly FileKind Bmp = new(
        "image/bmp",
        FileShowing.Picture,
        "picture",
        ".bmp",
        ".dib"
    );

    /// <summary>No browser but Safari shows it, and nothing here decodes it.</summary>
    public static readonly FileKind Heic = new(
        "image/heic",
        FileShowing.Download,
        "photo",
        ".heic",
        ".heif"
    );
    public static readonly FileKind Pdf = new(
        "application/pdf",
        FileShowing.Pdf,
        "document",
        ".pdf"
    );
    public static readonly FileKind Mp4 = new(
        "video/mp4",
        FileShowing.Player,
        "video",
        ".mp4",
        ".m4v"
    );
    public static readonly FileKind ThreeGp = new(
        "video/3gpp",
        FileShowing.Player,
        "video",
        ".3gp",
        ".3gpp",
        ".3g2"
    );
    public static readonly FileKind QuickTime = new(
        "video/quicktime",
        FileShowing.Player,
        "video",
        ".mov",
        ".qt"
    );
    public static readonly FileKind Mp3 = new("audio/mpeg", FileShowing.Player, "sound", ".mp3");
    public static readonly FileKind Amr = new("audio/amr", FileShowing.Player, "sound", ".amr");
    public static readonly FileKind M4a = new(
        "audio/mp4",
        FileShowing.Player,
        "sound",
        ".m4a",
        ".m4b"
    );
    public static readonly FileKind Ogg = new(
        "audio/ogg",
        FileShowing.Player,
        "sound",
        ".ogg",
        ".oga",
        ".opus"
    );
    public static readonly FileKind Wav = new("audio/wav", FileShowing.Player, "sound", ".wav");
    public static readonly FileKind VCard = new(
        "text/vcard",
        FileShowing.Download,
        "contact",
        ".vcf",
        ".vcard"
    );

    private static readonly FileKind[] All =
    [
        Jpeg,
        Png,
        Gif,
        Webp,
        Bmp,
        Heic,
        Pdf,
        Mp4,
        ThreeGp,
        QuickTime,
        Mp3,
        Amr,
        M4a,
        Ogg,
        Wav,
        VCard,
    ];

    /// <summary>The kind of a stored content type; null for one that is not ours.</summary>
    public static FileKind? Of(string contentType) =>
        Array.Find(
            All,
            kind => string.Equals(kind.ContentType, contentType, StringComparison.Ordinal)
        );

    public static bool IsPicture(string contentType) =>
        Of(contentType) is { Showing: FileShowing.Picture };

    internal static bool IsExtension(string extension) =>
        Array.Exists(
            All,
            kind => kind.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase)
        );
}
