using System.Text.Json;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Reads a request for an SMS or MMS, as strict as Vonage's OpenAPI description (1.11.0) in every length and name, so
/// that what passes here passes there.
/// </summary>
internal static class OutboundParser
{
    private const int LongestText = 1_000;
    private const int LongestCaption = 3_000;
    private const int LongestReference = 40;

    private static readonly string[] FileTypes = ["image", "file", "vcard", "audio", "video"];

    /// <summary>The message, or what Vonage answers instead.</summary>
    public static (OutboundMessage? Message, VonageProblem? Problem) Parse(
        ReadOnlyMemory<byte> body
    )
    {
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth }
            );
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? Read(document.RootElement)
                : (null, VonageProblem.InvalidJson("The body is not an object."));
        }
        catch (JsonException e)
        {
            return (null, VonageProblem.InvalidJson(e.Message));
        }
    }

    private static (OutboundMessage?, VonageProblem?) Read(JsonElement root)
    {
        var fields = new RequestFields(root);
        var channel = fields.Text("channel");
        if (channel is not ("sms" or "mms"))
        {
            return (null, VonageProblem.InvalidChannel);
        }
        var type = fields.Text("message_type");
        if (type is null || !IsType(channel, type))
        {
            return (null, VonageProblem.InvalidMessageType);
        }
        if (fields.Text("to") is not { Length: >= 7 and <= 15 } to || !to.All(char.IsAsciiDigit))
        {
            return (null, VonageProblem.InvalidRecipient);
        }
        if (fields.Text("from") is not { Length: >= 1 and <= 15 } from)
        {
            return (null, VonageProblem.InvalidSender);
        }
        if (fields.Text("client_ref") is { Length: > LongestReference })
        {
            return (null, VonageProblem.InvalidReference);
        }
        var files = new List<PhoneFile>();
        var said = new List<string>();
        ReadContent(fields, type, files, said);
        CheckOptions(fields, channel);
        var message = new OutboundMessage(
            channel,
            to,
            from,
            string.Join('\n', said),
            files,
            fields.Text("client_ref"),
            fields.Address("webhook_url", required: false),
            fields.Has("failover", JsonValueKind.Array)
        );
        return fields.Problems.Count == 0
            ? (message, null)
            : (null, VonageProblem.InvalidParameters(fields.Problems));
    }

    private static bool IsType(string channel, string type) =>
        type == "text" || (channel == "mms" && (type == "content" || FileTypes.Contains(type)));

    private static void ReadContent(
        RequestFields fields,
        string type,
        List<PhoneFile> files,
        List<string> said
    )
    {
        switch (type)
        {
            case "text":
                Say(fields.Required("text", LongestText), said);
                break;
            case "content":
                var items = fields.Items("content");
                foreach (var item in items)
                {
                    var kind = item.Text("type");
                    if (kind is null || !FileTypes.Contains(kind))
                    {
                        item.Refuse("type", $"Must be one of {string.Join(", ", FileTypes)}.");
                        continue;
                    }
                    ReadFile(item, kind, files, said);
                }
                break;
            default:
                if (fields.Object(type) is { } file)
                {
                    ReadFile(file, type, files, said);
                }
                break;
        }
    }

    private static void ReadFile(
        RequestFields fields,
        string type,
        List<PhoneFile> files,
        List<string> said
    )
    {
        if (fields.Address("url", required: true) is { } url)
        {
            var name = Uri.UnescapeDataString(url.Segments[^1]).Trim('/');
            files.Add(new PhoneFile(type, url.AbsoluteUri, name.Length > 0 ? name : type));
        }
        if (fields.Has("caption"))
        {
            Say(fields.Required("caption", LongestCaption), said);
        }
    }

    private static void CheckOptions(RequestFields fields, string channel)
    {
        var (shortest, longest) = channel == "sms" ? (20, 604_800) : (300, 259_200);
        fields.CheckNumber("ttl", shortest, longest);
        fields.CheckOneOf("webhook_version", "v0.1", "v1");
        if (fields.Has("sms") && fields.Object("sms") is { } sms)
        {
            sms.CheckOneOf("encoding_type", "text", "unicode", "auto");
        }
    }

    private static void Say(string? text, List<string> said)
    {
        if (text is not null)
        {
            said.Add(text);
        }
    }
}
