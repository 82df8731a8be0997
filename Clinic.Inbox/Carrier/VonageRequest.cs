using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// The body of one message as Vonage's own .NET SDK writes it, property by property. It knows whether a byte of it was
/// handed to the network: what never left can't have been sent, and that is the only case that may be tried again.
/// </summary>
internal sealed class VonageRequest : HttpContent
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ReadOnlyMemory<byte> _body;
    private int _left;

    public VonageRequest(OutgoingText text, Uri statusWebhook)
    {
        _body = Write(text, statusWebhook);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>True from the moment the first byte of the body may have left this machine.</summary>
    public bool MayHaveLeft => Volatile.Read(ref _left) != 0;

    /// <summary>The JSON, for tests to compare with what the SDK sends.</summary>
    internal static ReadOnlyMemory<byte> Write(OutgoingText text, Uri statusWebhook)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (text.Media.Count == 0)
            {
                WriteSms(json, text, statusWebhook);
            }
            else
            {
                WriteMms(json, text, statusWebhook);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        Volatile.Write(ref _left, 1);
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    private static void WriteSms(Utf8JsonWriter json, OutgoingText text, Uri statusWebhook)
    {
        json.WriteString("channel"u8, "sms"u8);
        json.WriteString("message_type"u8, "text"u8);
        json.WriteString("text"u8, text.Text);
        WriteCommon(json, text, statusWebhook);
    }

    private static void WriteMms(Utf8JsonWriter json, OutgoingText text, Uri statusWebhook)
    {
        json.WriteString("channel"u8, "mms"u8);
        if (text.Media is [var only])
        {
            json.WriteString("message_type"u8, Name(only.Kind));
            WriteCommon(json, text, statusWebhook);
            json.WriteStartObject(Name(only.Kind));
            WriteFile(json, only, text.Text);
            json.WriteEndObject();
            return;
        }
        json.WriteString("message_type"u8, "content"u8);
        WriteCommon(json, text, statusWebhook);
        json.WriteStartArray("content"u8);
        // Outbound content has no text of its own: what is said goes as the caption of the first file.
        var caption = text.Text;
        foreach (var media in text.Media)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Name(media.Kind));
            WriteFile(json, media, caption);
            json.WriteEndObject();
            caption = "";
        }
        json.WriteEndArray();
    }

    private static void WriteCommon(Utf8JsonWriter json, OutgoingText text, Uri statusWebhook)
    {
        json.WriteString("to"u8, text.To);
        json.WriteString("from"u8, text.From);
        json.WriteString("client_ref"u8, text.ClientRef);
        json.WriteString("webhook_version"u8, "v1"u8);
        json.WriteString("webhook_url"u8, statusWebhook.AbsoluteUri);
    }

    private static void WriteFile(Utf8JsonWriter json, OutgoingMedia media, string caption)
    {
        json.WriteString("url"u8, media.Url.AbsoluteUri);
        if (caption.Length > 0)
        {
            json.WriteString("caption"u8, caption);
        }
    }

    private static string Name(OutgoingMediaKind kind) =>
        kind is OutgoingMediaKind.Image ? "image" : "file";
}
