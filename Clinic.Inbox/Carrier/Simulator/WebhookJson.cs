using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>The bodies of Vonage's webhooks: compact JSON, every count and price a string.</summary>
internal static class WebhookJson
{
    // What Vonage charges for a part of an SMS or for an MMS; only the form of it matters here.
    private const decimal SentPart = 0.0083m;
    private const decimal SentMms = 0.0150m;
    private const decimal ReceivedPart = 0.0057m;

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A receipt; <paramref name="errorCode"/> of Vonage's where it did not arrive.</summary>
    public static byte[] Status(
        PhoneMessage message,
        string status,
        DateTimeOffset at,
        string? errorCode = null
    )
    {
        var json = new JsonObject
        {
            ["message_uuid"] = message.MessageUuid,
            ["to"] = message.Phone,
            ["from"] = message.Line,
            ["timestamp"] = Format(at, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["status"] = status,
        };
        if (errorCode is not null)
        {
            json["error"] = new JsonObject
            {
                ["type"] = $"https://developer.vonage.com/api-errors/messages#{errorCode}",
                ["title"] = errorCode,
                ["detail"] = CarrierRejections.Detail(errorCode),
                ["instance"] = Guid.NewGuid().ToString("N"),
            };
        }
        if (message.ClientRef is not null)
        {
            json["client_ref"] = message.ClientRef;
        }
        var isSms = message.Channel == "sms";
        // Charged at submitted; an SMS names the price in each receipt, an MMS only then (status-mms-*.json).
        if (errorCode is null && (isSms || status == "submitted"))
        {
            json["usage"] = Usage(isSms ? SentPart * message.Segments : SentMms);
        }
        json["channel"] = message.Channel;
        json["destination"] = new JsonObject { ["network_code"] = "310090" };
        if (isSms)
        {
            json["sms"] = new JsonObject { ["count_total"] = Format(message.Segments) };
        }
        return Write(json);
    }

    /// <summary>A text from a phone: an SMS, or an MMS with one file or several.</summary>
    public static byte[] Inbound(PhoneMessage message)
    {
        var json = new JsonObject
        {
            ["channel"] = message.Channel,
            ["message_uuid"] = message.MessageUuid,
            ["to"] = message.Line,
            ["from"] = message.Phone,
            ["timestamp"] = Format(message.At, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
        };
        switch (message.Files)
        {
            case []:
                json["message_type"] = "text";
                json["text"] = message.Text;
                json["sms"] = new JsonObject
                {
                    ["num_messages"] = Format(message.Segments),
                    ["keyword"] = Keyword(message.Text),
                };
                json["usage"] = Usage(ReceivedPart * message.Segments);
                break;
            // Of a single file only a picture has a caption at Vonage; words with another come as parts.
            case [var only] when only.Type == "image" || message.Text.Length == 0:
                json["message_type"] = only.Type;
                json[only.Type] = File(only, named: true, caption: message.Text);
                break;
            default:
                json["message_type"] = "content";
                json["content"] = Content(message);
                break;
        }
        json["origin"] = new JsonObject { ["network_code"] = "310090" };
        return Write(json);
    }

    private static JsonArray Content(PhoneMessage message)
    {
        var parts = new JsonArray();
        foreach (var file in message.Files)
        {
            var part = new JsonObject { ["type"] = file.Type };
            foreach (var (name, value) in File(file, named: false, caption: ""))
            {
                part[name] = value?.DeepClone();
            }
            parts.Add(part);
        }
        if (message.Text.Length > 0)
        {
            parts.Add(new JsonObject { ["type"] = "text", ["text"] = message.Text });
        }
        return parts;
    }

    private static JsonObject File(PhoneFile file, bool named, string caption)
    {
        var json = new JsonObject { ["url"] = file.Url };
        if (named)
        {
            json["name"] = file.Name;
        }
        if (caption.Length > 0)
        {
            json["caption"] = caption;
        }
        return json;
    }

    /// <summary>The first word in capitals, as Vonage gives it.</summary>
    private static string Keyword(string text) =>
        text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var first, ..]
            ? first.ToUpperInvariant()
            : "";

    private static JsonObject Usage(decimal price) =>
        new()
        {
            ["currency"] = "EUR",
            ["price"] = price.ToString("0.0000", CultureInfo.InvariantCulture),
        };

    private static string Format(DateTimeOffset at, string format) =>
        at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static string Format(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static byte[] Write(JsonObject json) =>
        JsonSerializer.SerializeToUtf8Bytes(json, Compact);
}
