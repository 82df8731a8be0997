using System.Text;
using Clinic.Inbox.Carrier;
using Xunit;

namespace Clinic.Inbox.Tests.Carrier;

public class WebhookVectorTests
{
    [Fact]
    public void An_sms_is_read_whole()
    {
        var text = Inbound("inbound-sms.json");
        Assert.Equal("aaaaaaaa-bbbb-4ccc-8ddd-000000000001", text.MessageUuid);
        Assert.Equal(("15550100201", "15550100100"), (text.From, text.To));
        Assert.Equal("Hi, can Bella come at 3pm instead?", text.Text);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 14, 0, 0, TimeSpan.Zero), text.SentAt);
        Assert.Equal(("sms", 1), (text.Channel, text.Segments));
        Assert.Empty(text.Media);
        Assert.Equal(Vector.Text("inbound-sms.json"), text.RawBody);
    }

    [Theory]
    [InlineData("inbound-mms-text.json", "This is sample text.")]
    [InlineData(
        "inbound-mms-image.json",
        "His paw this morning",
        "image http://127.0.0.1:5900/media/paw.jpg paw.jpg"
    )]
    [InlineData(
        "inbound-mms-file.json",
        "",
        "file http://127.0.0.1:5900/media/records.pdf records.pdf"
    )]
    [InlineData(
        "inbound-mms-audio.json",
        "",
        "audio null audio.mp3",
        "image https://example.com/image.jpg "
    )]
    [InlineData(
        "inbound-mms-video.json",
        "",
        "video https://example.com/video.mp4 video.mp4",
        "image https://example.com/image.jpg "
    )]
    [InlineData(
        "inbound-mms-vcard.json",
        "",
        "vcard null conatact.vcf",
        "image https://example.com/image.jpg "
    )]
    [InlineData(
        "inbound-mms-content.json",
        "one\nBoth eyes look red",
        "image http://127.0.0.1:5900/media/a.jpg ",
        "image http://127.0.0.1:5900/media/b.jpg "
    )]
    public void An_mms_of_each_kind_is_read(string file, string said, params string[] media)
    {
        var text = Inbound(file);
        Assert.Equal("mms", text.Channel);
        Assert.Equal(said, text.Text);
        Assert.Equal(media, text.Media.Select(m => $"{m.Type} {m.Url ?? "null"} {m.Name}"));
    }

    [Theory]
    [InlineData("status-delivered.json", "delivered", "CLIENT_REF", "0.0333", null)]
    [InlineData("status-submitted.json", "submitted", "CLIENT_REF", "0.0333", null)]
    [InlineData("status-rejected.json", "rejected", "CLIENT_REF", null, "1000")]
    [InlineData("status-mms-delivered.json", "delivered", "abc123", null, null)]
    [InlineData("status-mms-submitted.json", "submitted", "abc123", "0.0333", null)]
    [InlineData("status-mms-rejected.json", "rejected", "abc123", null, "1000")]
    [InlineData("status-sms-rejected.json", "rejected", "abc123", null, "1000")]
    [InlineData("status-sms-undeliverable.json", "undeliverable", "abc123", null, "1000")]
    public void A_receipt_of_each_kind_is_read(
        string file,
        string status,
        string clientRef,
        string? price,
        string? code
    )
    {
        var (receipt, problem) = StatusParser.Parse(Vector.Bytes(file));
        Assert.Null(problem);
        Assert.Equal("aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", receipt!.MessageUuid);
        Assert.Equal((status, clientRef), (receipt.Status, receipt.ClientRef));
        Assert.NotNull(receipt.At);
        Assert.Equal(
            price,
            receipt.Price?.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
        Assert.Equal(price is null ? null : "EUR", receipt.Currency);
        Assert.Equal(code, receipt.Problem?.Code);
    }

    [Fact]
    public void Every_body_of_the_vectors_is_covered()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "vonage");
        foreach (var path in Directory.GetFiles(folder, "*.json"))
        {
            var body = File.ReadAllBytes(path);
            var name = Path.GetFileName(path);
            if (name.StartsWith("inbound-", StringComparison.Ordinal))
            {
                Assert.Null(InboundParser.Parse(body).Problem);
            }
            else if (name.StartsWith("status-", StringComparison.Ordinal))
            {
                Assert.Null(StatusParser.Parse(body).Problem);
            }
        }
    }

    [Theory]
    [InlineData("\"sms\":{\"num_messages\":3}", 3)]
    [InlineData("\"sms\":{\"num_messages\":\"3\"}", 3)]
    [InlineData("\"sms\":{\"num_messages\":\"many\"}", 1)]
    [InlineData("\"sms\":{\"num_messages\":-4}", 1)]
    [InlineData("\"sms\":null", 1)]
    [InlineData("\"sms\":[]", 1)]
    [InlineData("\"unknown\":{\"a\":[1,{}]}", 1)]
    public void A_count_may_be_a_string_or_a_number(string field, int segments) =>
        Assert.Equal(segments, Inbound(Body("\"text\":\"hi\"," + field)).Segments);

    [Fact]
    public void Message_type_may_be_missing()
    {
        Assert.Equal("hi", Inbound(Body("\"text\":\"hi\"")).Text);
    }

    [Fact]
    public void Content_that_repeats_the_main_file_adds_nothing()
    {
        var text = Inbound(
            Body(
                """
                "message_type":"image","image":{"url":"https://a.nexmo.com/1","caption":"paw"},
                "content":[{"type":"image","url":"https://a.nexmo.com/1","caption":"paw"},{"type":"image","url":"https://a.nexmo.com/2"}]
                """
            )
        );
        Assert.Equal("paw", text.Text);
        Assert.Equal(
            ["https://a.nexmo.com/1", "https://a.nexmo.com/2"],
            text.Media.Select(m => m.Url)
        );
    }

    [Theory]
    [InlineData("""cut \ud83d""", "cut \ufffd")]
    [InlineData("""\ude00 cut""", "\ufffd cut")]
    [InlineData("""\ud83d\ude00""", "\U0001F600")]
    [InlineData("""\ud83d\ud83d\ude00""", "\ufffd\U0001F600")]
    [InlineData("""nul \u0000 here""", "nul \ufffd here")]
    [InlineData("""\"quoted\" \\ \/ \n""", "\"quoted\" \\ / \n")]
    public void A_text_survives_whatever_its_escapes_are(string escaped, string said) =>
        Assert.Equal(said, Inbound(Body($"\"text\":\"{escaped}\"")).Text);

    [Fact]
    public void A_text_that_is_no_utf_8_is_kept_with_replacements()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(Body("\"text\":\"a?b\""))];
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;
        var (text, problem) = InboundParser.Parse(body);
        Assert.Null(problem);
        Assert.Equal("a\ufffdb", text!.Text);
    }

    [Theory]
    [InlineData("\"VET INFO\"", "VET INFO")]
    [InlineData("\"40404\"", "40404")]
    [InlineData("\"+15550100201\"", "15550100201")]
    [InlineData("15550100201", "15550100201")]
    public void The_sender_is_kept_as_it_came(string json, string from) =>
        Assert.Equal(
            from,
            Inbound($$"""{"message_uuid":"u","from":{{json}},"to":"1","text":"x"}""").From
        );

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"from":"1","to":"2","text":"x"}""")]
    [InlineData("""{"message_uuid":"","from":"1","to":"2","text":"x"}""")]
    [InlineData("""{"message_uuid":7,"from":"1","to":"2","text":"x"}""")]
    [InlineData("""{"message_uuid":"u","to":"2","text":"x"}""")]
    [InlineData("""{"message_uuid":"u","from":"1","text":"x"}""")]
    [InlineData("""{"message_uuid":"u","from":{"number":"1"},"to":"2","text":"x"}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","text":["x"]}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2"}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","image":"x"}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","content":{}}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","content":[1]}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","text":"x","channel":"whatsapp"}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","text":"x"} {}""")]
    [InlineData("""{"message_uuid":"u","from":"1","to":"2","text":"x\u12"}""")]
    public void What_is_no_message_has_a_reason(string body)
    {
        var (text, problem) = InboundParser.Parse(Encoding.UTF8.GetBytes(body));
        Assert.Null(text);
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Fact]
    public void A_receipt_of_an_unknown_status_is_kept()
    {
        var (receipt, _) = StatusParser.Parse(
            """{"message_uuid":"u","status":"READ"}"""u8.ToArray()
        );
        Assert.Equal("read", receipt!.Status);
    }

    [Theory]
    [InlineData("""{"title":"1240"}""", "1240")]
    [InlineData("""{"title":1240}""", "1240")]
    [InlineData("""{"title":"Opted out","type":"https://x.vonage.com/messages#1240"}""", "1240")]
    [InlineData("""{"title":"Odd","type":"https://x.vonage.com/odd"}""", "")]
    [InlineData("{}", "")]
    public void The_code_is_the_title_or_the_end_of_the_type(string error, string code)
    {
        var body = $$"""{"message_uuid":"u","status":"rejected","error":{{error}}}""";
        var problem = StatusParser.Parse(Encoding.UTF8.GetBytes(body)).Value!.Problem!;
        Assert.Equal(code, problem.Code);
        Assert.Equal(code == "1240", problem.IsOptOut);
        Assert.EndsWith(".", problem.PlainWords, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_the_reference_has_its_own_words()
    {
        int[] codes =
        [
            .. new[] { 1000, 1020, 1021, 1022, 1030, 1050, 1070, 1100, 1120, 1170, 1180, 1190 },
            .. new[] { 1210, 1220, 1230, 1240, 1330, 1331, 1360, 1380, 1381, 1382, 1420, 1430 },
            .. new[] { 1440, 1450, 1460, 1470, 1471, 1472, 1473, 1474, 1475, 1476, 1490 },
        ];
        var unknown = CarrierErrors.Describe("", "").PlainWords;
        Assert.All(
            codes,
            code =>
                Assert.NotEqual(
                    unknown,
                    CarrierErrors
                        .Describe(
                            code.ToString(System.Globalization.CultureInfo.InvariantCulture),
                            ""
                        )
                        .PlainWords
                )
        );
    }

    private static string Body(string fields) =>
        $$"""{"message_uuid":"u","from":"15550100201","to":"15550100100",{{fields}}}""";

    private static ReceivedText Inbound(string fileOrBody)
    {
        var body = fileOrBody.StartsWith('{')
            ? Encoding.UTF8.GetBytes(fileOrBody)
            : Vector.Bytes(fileOrBody);
        var (text, problem) = InboundParser.Parse(body);
        Assert.Null(problem);
        return text!;
    }
}
