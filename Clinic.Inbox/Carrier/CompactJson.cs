using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// A body written again as compact JSON, in the two ways serialisers do: with its strings as they came, and with
/// nothing escaped that need not be (as JavaScript's <c>JSON.stringify</c> does). Only for comparing hashes.
/// </summary>
internal static class CompactJson
{
    /// <summary>Both forms; nothing when the body is no JSON.</summary>
    public static IEnumerable<byte[]> Forms(ReadOnlyMemory<byte> body)
    {
        foreach (var unescape in (bool[])[false, true])
        {
            if (TryWrite(body.Span, unescape) is { } form)
            {
                yield return form;
            }
        }
    }

    private static byte[]? TryWrite(ReadOnlySpan<byte> body, bool unescape)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 16);
        var reader = new Utf8JsonReader(
            body,
            new JsonReaderOptions { MaxDepth = JsonText.MaxDepth }
        );
        var separate = false;
        try
        {
            while (reader.Read())
            {
                var closes = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
                if (separate && !closes)
                {
                    output.Write(","u8);
                }
                Write(ref reader, output, unescape);
                separate =
                    reader.TokenType
                        is not (
                            JsonTokenType.StartArray
                            or JsonTokenType.StartObject
                            or JsonTokenType.PropertyName
                        );
            }
            return output.WrittenSpan.ToArray();
        }
        catch (JsonException)
        {
            // No JSON, so no other form of it either.
            return null;
        }
    }

    private static void Write(
        ref Utf8JsonReader reader,
        ArrayBufferWriter<byte> output,
        bool unescape
    )
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                WriteString(ref reader, output, unescape);
                output.Write(":"u8);
                break;
            case JsonTokenType.String:
                WriteString(ref reader, output, unescape);
                break;
            default:
                output.Write(reader.ValueSpan);
                break;
        }
    }

    private static void WriteString(
        ref Utf8JsonReader reader,
        ArrayBufferWriter<byte> output,
        bool unescape
    )
    {
        output.Write("\""u8);
        if (!unescape || !reader.ValueIsEscaped)
        {
            output.Write(reader.ValueSpan);
        }
        else
        {
            output.Write(Encoding.UTF8.GetBytes(Escape(JsonText.Unescape(reader.ValueSpan))));
        }
        output.Write("\""u8);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }
}
