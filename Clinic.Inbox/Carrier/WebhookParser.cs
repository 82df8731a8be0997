using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>A webhook body that was understood, or why it was not.</summary>
internal readonly record struct Parsed<T>(T? Value, string? Problem)
    where T : class;

/// <summary>
/// What both kinds of webhook share: a body is one JSON object, its strings may be cut emoji, its counts are strings or
/// numbers, and fields that we do not know mean nothing.
/// </summary>
internal static class WebhookParser
{
    private const int LongestId = 100;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.MaxDepth };
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the body with <paramref name="read"/>; anything it can't make sense of is a problem, never a throw.</summary>
    public static Parsed<T> Parse<T>(ReadOnlyMemory<byte> body, Func<JsonElement, string, T> read)
        where T : class
    {
        var json = body.Span.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        if (json.IsEmpty)
        {
            return new(null, "The body is empty.");
        }
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new(read(document.RootElement, RawText(body.Span)), null)
                : new(null, "The body is not a JSON object.");
        }
        catch (JsonException)
        {
            return new(null, "The body is not JSON, or is nested too deeply.");
        }
        catch (UnreadableBodyException e)
        {
            return new(null, e.Message);
        }
    }

    /// <summary>The body as text that can be stored.</summary>
    public static string RawText(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetString(body).Replace('\0', '\ufffd');

    /// <summary>A string that must be there, of at most 100 characters.</summary>
    public static string Required(JsonElement parent, ReadOnlySpan<byte> name)
    {
        var text = Optional(parent, name)?.Trim();
        return text switch
        {
            null or "" => throw new UnreadableBodyException($"{Name(name)} is missing."),
            { Length: > LongestId } => throw new UnreadableBodyException(
                $"{Name(name)} is too long."
            ),
            _ => text,
        };
    }

    /// <summary>A string that may be there; null when it is missing or null.</summary>
    public static string? Optional(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!JsonText.TryFind(parent, name, out var value))
        {
            return null;
        }
        return value.ValueKind is JsonValueKind.String
            ? JsonText.Read(value)
            : throw new UnreadableBodyException($"{Name(name)} is not a string.");
    }

    /// <summary>A phone number: a string, or (leniently) a whole number; without its <c>+</c>.</summary>
    public static string Number(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (
            JsonText.TryFind(parent, name, out var value)
            && value.ValueKind is JsonValueKind.Number
            && value.TryGetInt64(out var digits)
            && digits > 0
        )
        {
            return digits.ToString(CultureInfo.InvariantCulture);
        }
        var text = Required(parent, name);
        return text is ['+', .. var rest] && rest.All(char.IsAsciiDigit) ? rest : text;
    }

    /// <summary>An object that may be there; null when it is missing, null, or something else that does not matter.</summary>
    public static JsonElement? Object(JsonElement parent, ReadOnlySpan<byte> name) =>
        JsonText.TryFind(parent, name, out var value) && value.ValueKind is JsonValueKind.Object
            ? value
            : null;

    /// <summary>The carrier's timestamp as UTC; null when missing or unreadable, for a message matters more than its time.</summary>
    public static DateTimeOffset? Timestamp(JsonElement parent) =>
        JsonText.TryFind(parent, "timestamp"u8, out var value)
        && value.ValueKind is JsonValueKind.String
        && DateTimeOffset.TryParse(
            JsonText.Read(value),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at
        )
            ? at
            : null;

    /// <summary>A count or price that comes as a string or a number; null when it is neither.</summary>
    public static decimal? Amount(JsonElement? parent, ReadOnlySpan<byte> name)
    {
        if (parent is not { } there || !JsonText.TryFind(there, name, out var value))
        {
            return null;
        }
        var text = value.ValueKind switch
        {
            JsonValueKind.String => JsonText.Read(value),
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n)
            ? n
            : null;
    }

    /// <summary>What <c>usage</c> says that it costs; neither when it names no price and currency that can be meant.</summary>
    public static (decimal? Price, string? Currency) Charge(JsonElement root)
    {
        if (
            Object(root, "usage"u8) is not { } usage
            || Amount(usage, "price"u8) is not (>= 0 and < 1_000_000 and var price)
            || Optional(usage, "currency"u8)?.Trim() is not { Length: > 0 and <= 10 } currency
        )
        {
            return (null, null);
        }
        return (price, currency);
    }

    private static string Name(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}

/// <summary>A body whose fields are not what a message needs; its message goes to quarantine with it.</summary>
internal sealed class UnreadableBodyException(string message) : Exception(message);
