using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// File names, which come from strangers' phones: made harmless once, when a file gets its name, and told truthfully
/// when it is saved. On the disk no file ever bears one.
/// </summary>
internal static class AttachmentNames
{
    /// <summary>Longest name, in UTF-16 units.</summary>
    public const int Longest = 200;

    private const int LongestExtension = 12;

    /// <summary>
    /// The name without a path and without characters that hide, reorder or break text (control, zero-width and
    /// right-to-left marks), in one normal form, and usable on every system; empty when nothing is left.
    /// </summary>
    public static string Clean(string name)
    {
        var last = name.AsSpan()[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var kept = new StringBuilder(Math.Min(last.Length, Longest));
        foreach (var rune in last.EnumerateRunes())
        {
            Append(kept, rune);
        }
        var clean = kept.ToString().Normalize(NormalizationForm.FormC).Trim(' ', '.');
        return Shorten(IsDevice(clean) ? "_" + clean : clean);
    }

    /// <summary>A name made of the content type alone: what the carrier fetches says nothing about the client.</summary>
    public static string ForCarrier(Attachment attachment) =>
        attachment.ContentType switch
        {
            "image/png" => "image.png",
            "image/gif" => "image.gif",
            "application/pdf" => "file.pdf",
            _ => "image.jpg",
        };

    /// <summary>
    /// The name with an extension that says what the file is: <c>photo.exe</c> that is a JPEG becomes
    /// <c>photo.exe.jpg</c>, <c>scan.png</c> that is a PDF becomes <c>scan.pdf</c>. A file without a name gets the kind's.
    /// </summary>
    public static string Fitting(string name, FileKind kind)
    {
        if (name.Length == 0)
        {
            return kind.Title + kind.Extensions[0];
        }
        var extension = Path.GetExtension(name);
        if (kind.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
        {
            return name;
        }
        var stem = FileKinds.IsExtension(extension) ? name[..^extension.Length] : name;
        return Shorten(stem + kind.Extensions[0]);
    }

    private static void Append(StringBuilder kept, Rune rune)
    {
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control:
            case UnicodeCategory.Format:
            case UnicodeCategory.Surrogate:
            case UnicodeCategory.PrivateUse:
            case UnicodeCategory.OtherNotAssigned:
            case UnicodeCategory.LineSeparator:
            case UnicodeCategory.ParagraphSeparator:
            // Letters that draw nothing: Hangul fillers.
            case UnicodeCategory.OtherLetter
                when rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0:
                break;
            case UnicodeCategory.SpaceSeparator:
                kept.Append(' ');
                break;
            default:
                kept.Append(
                    rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*'
                        ? "_"
                        : rune.ToString()
                );
                break;
        }
    }

    /// <summary>Keeps the extension, and no half of a character.</summary>
    private static string Shorten(string name)
    {
        if (name.Length <= Longest)
        {
            return name;
        }
        var extension = Path.GetExtension(name);
        extension = extension.Length <= LongestExtension ? extension : "";
        var end = Longest - extension.Length;
        return name[..(char.IsHighSurrogate(name[end - 1]) ? end - 1 : end)].TrimEnd(' ', '.')
            + extension;
    }

    /// <summary>Names that Windows keeps for devices, with any extension.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.', 2)[0].TrimEnd().ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL"
            || (stem is ['C', 'O', 'M', var com] && char.IsDigit(com))
            || (stem is ['L', 'P', 'T', var lpt] && char.IsDigit(lpt));
    }
}
