using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Api;

/// <summary>
/// Reads a text that people wrote: half a surrogate pair, bytes that are no UTF-8 and U+0000 become U+FFFD instead of
/// refusing the whole text.
/// </summary>
internal sealed class LenientText : JsonConverter<string>
{
    public override string? Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }
        ReadOnlySpan<byte> raw = reader.HasValueSequence
            ? reader.ValueSequence.ToArray()
            : reader.ValueSpan;
        var text = Encoding.UTF8.GetString(raw);
        return SmsText
            .RepairSurrogates(reader.ValueIsEscaped ? Unescape(text) : text)
            .Replace('\0', '\ufffd');
    }

    public override void Write(
        Utf8JsonWriter writer,
        string value,
        JsonSerializerOptions options
    ) => writer.WriteStringValue(value);

    /// <summary>Undoes escapes that the reader has already found well formed; its own way throws on half a pair.</summary>
    private static string Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != '\\')
            {
                text.Append(escaped[at]);
                continue;
            }
            at++;
            if (escaped[at] == 'u')
            {
                var code = escaped.AsSpan(at + 1, 4);
                text.Append((char)ushort.Parse(code, NumberStyles.HexNumber));
                at += 4;
                continue;
            }
            text.Append(
                escaped[at] switch
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
        return text.ToString();
    }
}
