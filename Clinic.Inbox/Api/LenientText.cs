using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Inbox.Carrier;

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
        return JsonText.Safe(JsonText.Unescape(raw));
    }

    public override void Write(
        Utf8JsonWriter writer,
        string value,
        JsonSerializerOptions options
    ) => writer.WriteStringValue(value);
}
