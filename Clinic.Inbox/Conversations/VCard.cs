using System.Text;

namespace Clinic.Inbox.Conversations;

/// <summary>Reads a contact card just far enough to be sure that it is one: text in which anything may hide.</summary>
internal static class VCard
{
    /// <summary>Bytes: a card with a small photo in it.</summary>
    private const int Longest = 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// True for one vCard or several (RFC 6350, and 2.1 as old phones write it): nothing before, between or after the
    /// cards, and every line a property.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> file)
    {
        if (file.Length is 0 or > Longest || Read(file) is not { } text)
        {
            return false;
        }
        var (inside, versions, cards, softBreak) = (false, 0, 0, false);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.TrimEnd();
            if (softBreak || line.IsEmpty || (inside && raw[0] is ' ' or '\t'))
            {
                // Goes on from the line above (folded, or quoted-printable's soft break), or says nothing.
                softBreak = softBreak && line is [.., '='];
                continue;
            }
            if (!inside)
            {
                if (!Is(line, "BEGIN:VCARD"))
                {
                    return false;
                }
                (inside, versions) = (true, 0);
                continue;
            }
            if (Is(line, "END:VCARD"))
            {
                if (versions != 1)
                {
                    return false;
                }
                (inside, cards) = (false, cards + 1);
                continue;
            }
            if (!IsProperty(line, out var name))
            {
                return false;
            }
            versions += Is(name, "VERSION") ? 1 : 0;
            softBreak =
                line is [.., '=']
                && line.Contains("QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase);
        }
        return !inside && cards > 0;
    }

    private static string? Read(ReadOnlySpan<byte> file)
    {
        try
        {
            var text = Strict.GetString(file).TrimStart('\uFEFF');
            return text.AsSpan().ContainsAnyInRange('\0', '\b') ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary><c>group.NAME;param=value:value</c></summary>
    private static bool IsProperty(ReadOnlySpan<char> line, out ReadOnlySpan<char> name)
    {
        var end = line.IndexOfAny(';', ':');
        name = end > 0 ? line[..end] : default;
        name = name[(name.LastIndexOf('.') + 1)..];
        return end > 0 && line.Contains(':') && !line[..end].ContainsAnyExcept(NameCharacters);
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"
        );

    private static bool Is(ReadOnlySpan<char> line, string text) =>
        line.Equals(text, StringComparison.OrdinalIgnoreCase);
}
