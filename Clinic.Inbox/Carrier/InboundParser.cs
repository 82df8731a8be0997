using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>Reads Vonage's inbound webhook: an SMS, or an MMS with one file or several.</summary>
internal static class InboundParser
{
    private const int LongestName = 255;

    private static readonly (string Type, byte[] Property)[] MediaKinds =
    [
        ("image", "image"u8.ToArray()),
        ("file", "file"u8.ToArray()),
        ("audio", "audio"u8.ToArray()),
        ("video", "video"u8.ToArray()),
        ("vcard", "vcard"u8.ToArray()),
    ];

    /// <summary>The text, or why there is none in this body.</summary>
    public static Parsed<ReceivedText> Parse(ReadOnlyMemory<byte> body) =>
        WebhookParser.Parse(body, Read);

    private static ReceivedText Read(JsonElement root, string rawBody)
    {
        var messageUuid = WebhookParser.Required(root, "message_uuid"u8);
        var from = WebhookParser.Number(root, "from"u8);
        var to = WebhookParser.Number(root, "to"u8);
        var parts = new Parts();
        var text = WebhookParser.Optional(root, "text"u8);
        parts.Say(text);
        foreach (var (type, property) in MediaKinds)
        {
            if (JsonText.TryFind(root, property, out var media))
            {
                parts.Add(type, media);
            }
        }
        AddContent(root, parts);
        if (text is null && parts.IsEmpty)
        {
            throw new UnreadableBodyException("There is neither text nor media in it.");
        }
        var (price, currency) = WebhookParser.Charge(root);
        return new ReceivedText(
            messageUuid,
            from,
            to,
            WebhookParser.Timestamp(root),
            parts.Text,
            parts.Media,
            Channel(root, parts),
            Segments(root),
            rawBody
        )
        {
            Price = price,
            Currency = currency,
        };
    }

    private static void AddContent(JsonElement root, Parts parts)
    {
        if (!JsonText.TryFind(root, "content"u8, out var content))
        {
            return;
        }
        if (content.ValueKind is not JsonValueKind.Array)
        {
            throw new UnreadableBodyException("content is not a list.");
        }
        foreach (var item in content.EnumerateArray())
        {
            if (item.ValueKind is not JsonValueKind.Object)
            {
                throw new UnreadableBodyException("content holds something that is no object.");
            }
            var type = WebhookParser.Optional(item, "type"u8)?.ToLowerInvariant();
            if (string.Equals(type, "text", StringComparison.Ordinal))
            {
                parts.Say(WebhookParser.Optional(item, "text"u8));
            }
            else
            {
                // A kind that we do not know yet is still a file that somebody sent.
                parts.Add(type is { Length: > 0 and <= 20 } ? type : "file", item);
            }
        }
    }

    private static string Channel(JsonElement root, Parts parts) =>
        WebhookParser.Optional(root, "channel"u8)?.ToLowerInvariant() switch
        {
            null => parts.Media.Count == 0 ? "sms" : "mms",
            "sms" => "sms",
            "mms" => "mms",
            _ => throw new UnreadableBodyException("channel is neither sms nor mms."),
        };

    private static int Segments(JsonElement root)
    {
        var count = WebhookParser.Amount(WebhookParser.Object(root, "sms"u8), "num_messages"u8);
        return (int)Math.Clamp(count ?? 1, 1, 255);
    }

    /// <summary>
    /// What is said and sent, each once: whether <c>content</c> repeats the main file is not established, so files are
    /// told apart by their address and captions by their words.
    /// </summary>
    private sealed class Parts
    {
        private readonly List<string> _said = [];
        private readonly List<ReceivedMedia> _media = [];
        private readonly HashSet<string> _urls = new(StringComparer.Ordinal);

        public IReadOnlyList<ReceivedMedia> Media => _media;

        public string Text => _said.Count == 1 ? _said[0] : string.Join('\n', _said);

        public bool IsEmpty => _said.Count == 0 && _media.Count == 0;

        public void Say(string? text)
        {
            if (!string.IsNullOrEmpty(text) && !_said.Contains(text, StringComparer.Ordinal))
            {
                _said.Add(text);
            }
        }

        public void Add(string type, JsonElement media)
        {
            if (media.ValueKind is not JsonValueKind.Object)
            {
                throw new UnreadableBodyException($"{type} is not an object.");
            }
            var url = WebhookParser.Optional(media, "url"u8);
            url = string.IsNullOrWhiteSpace(url) ? null : url.Trim();
            if (url is null || _urls.Add(url))
            {
                var name = WebhookParser.Optional(media, "name"u8) ?? "";
                _media.Add(new(type, url, name.Length <= LongestName ? name : Shorten(name)));
            }
            Say(WebhookParser.Optional(media, "caption"u8));
        }

        private static string Shorten(string name) => JsonText.Safe(name[..LongestName]);
    }
}
