using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Reads the strings of a webhook without ever failing on one. System.Text.Json throws on half a surrogate pair
/// (<c>\ud800</c>, an emoji cut in two by a handset) and on bytes that are no UTF-8; a client's text must not be lost to
/// either, so both become U+FFFD. So does U+0000, which PostgreSQL can't store.
/// </summary>
internal static class JsonText
{
    /// <summary>Deeper nesting than this is no message.</summary>
    public const int MaxDepth = 32;

    /// <summary>The property of that name, the last one where it comes twice; false when there is none or it is null.</summary>
    public static bool TryFind(JsonElement parent, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        var found = false;
        foreach (var property in parent.EnumerateObject())
        {
            if (IsNamed(property, name))
            {
                value = property.Value;
                found = value.ValueKind is not JsonValueKind.Null;
            }
        }
        return found;
    }

    private static bool IsNamed(JsonProperty property, ReadOnlySpan<byte> name)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        return raw.Contains((byte)'\\')
            ? string.Equals(Unescape(raw), Encoding.UTF8.GetString(name), StringComparison.Ordinal)
            : raw.SequenceEqual(name);
    }

    /// <summary>The text of a JSON string, safe to store.</summary>
    public static string Read(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        return Safe(Unescape(raw[1..^1]));
    }

    /// <summary>Any text made safe to store: no U+0000, no half surrogate pair.</summary>
    public static string Safe(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !text.Contains('\0'))
        {
            return text;
        }
        return string.Create(
            text.Length,
            text,
            static (safe, original) =>
            {
                for (var i = 0; i < original.Length; i++)
                {
                    var c = original[i];
                    var isPair =
                        char.IsHighSurrogate(c)
                        && i + 1 < original.Length
                        && char.IsLowSurrogate(original[i + 1]);
                    if (isPair)
                    {
                        safe[i] = c;
                        safe[++i] = original[i];
                        continue;
                    }
                    safe[i] = c == '\0' || char.IsSurrogate(c) ? '\ufffd' : c;
                }
            }
        );
    }

    /// <summary>Undoes the escapes of a JSON string that the parser has already found well formed.</summary>
    public static string Unescape(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        if (!text.Contains('\\'))
        {
            return text;
        }
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }
            i++;
            if (text[i] == 'u')
            {
                plain.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber));
                i += 4;
                continue;
            }
            plain.Append(
                text[i] switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    var itself => itself,
                }
            );
        }
        return plain.ToString();
    }
}
