using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Little that claims or becomes much: pictures, archives, compressed bodies. A PNG of 50,000 by 50,000 pixels, a file that
/// never ends and a calendar whose rule never comes true are in PicturesTests, AttachmentFetchingTests,
/// AttachmentIntakeTests and CalendarImportTests.
/// </summary>
public sealed class BombTests(SharedAttachmentsApp shared) : IClassFixture<SharedAttachmentsApp>
{
    private readonly AttachmentsApp _app = shared.App;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gif")]
    [InlineData("jpeg")]
    [InlineData("bmp")]
    [InlineData("webp")]
    [InlineData("png, tall and narrow")]
    public async Task A_picture_that_claims_too_many_pixels_is_not_decoded(string kind)
    {
        var file = await FailedAsync(Claiming(kind));

        // A decoder that took room for them and failed then would call it damaged.
        Assert.Contains("more than is opened", file.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_app.Inbox.Get<AttachmentStore>().PathOf(file.Id)));
    }

    [Fact]
    public async Task An_archive_is_taken_for_what_it_is_and_never_opened()
    {
        var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var inside = await zip.CreateEntry("paw.jpg").OpenAsync(Cancellation);
            await inside.WriteAsync(new byte[64 * 1024 * 1024], Cancellation);
        }
        foreach (var content in (byte[][])[bomb.ToArray(), Gzipped(new byte[64 * 1024 * 1024])])
        {
            Assert.True(content.Length < 1024 * 1024);
            var file = await FailedAsync(content);
            Assert.Contains("not taken", file.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_media_host_has_compressed_is_not_blown_up()
    {
        // 200 MB of a picture's beginning in 200 KB: unpacked it would be a JPEG, and far over the limit.
        var huge = new byte[200 * 1024 * 1024];
        SampleFiles.Jpeg().CopyTo(huge, 0);
        var small = Gzipped(huge);
        var id = await _app.ReceiveAsync(
            _app.Media.Serve(async context =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                context.Response.ContentType = "image/jpeg";
                await context.Response.Body.WriteAsync(small, context.RequestAborted);
            })
        );

        var file = await _app.FileAsync(id, AttachmentState.Failed);

        Assert.Contains("not taken", file.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_webhook_is_what_its_bytes_are()
    {
        var body = Gzipped(Encoding.UTF8.GetBytes(new string(' ', 50 * 1024 * 1024)));
        var secret = _app
            .Inbox.Get<Microsoft.Extensions.Options.IOptionsMonitor<VonageOptions>>()
            .CurrentValue.SignatureSecret!;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(_app.Inbox.Address, "webhooks/vonage/inbound")
        );
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Authorization = new("Bearer", CarrierHost.Token(body, secret));

        using var answer = await _app.Inbox.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task No_body_is_read_beyond_its_limit()
    {
        using var browser = _app.Inbox.Visitor();
        using var large = new ByteArrayContent(
            Encoding.ASCII.GetBytes("Input.Email=" + new string('a', 8 * 1024 * 1024))
        );
        large.Headers.ContentType = new("application/x-www-form-urlencoded");

        HttpStatusCode? status = null;
        try
        {
            using var answer = await browser.PostAsync("account/sign-in", large, Cancellation);
            status = answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Hung up on before it had sent everything.
        }

        Assert.True(
            status is null or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest,
            $"{status}"
        );
        using var after = await browser.GetAsync("opt-in", Cancellation);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public async Task Json_that_is_nested_without_end_ends_nobody(int depth)
    {
        var json = new string('[', depth) + new string(']', depth);
        using var webhook = await _app.Inbox.PostWebhookAsync(
            "inbound",
            $"{{\"message_uuid\":{json}}}"
        );
        using var api = await _app.Inbox.ApiClientAsync("read", "write");
        using var answer = await api.Http.PostAsync(
            "text/analyze",
            new StringContent($"{{\"text\":{json}}}", Encoding.UTF8, "application/json"),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.OK, webhook.StatusCode);
        Assert.InRange((int)answer.StatusCode, 400, 413);
    }

    private async Task<Attachment> FailedAsync(byte[] content) =>
        await _app.FileAsync(
            await _app.ReceiveAsync(_app.Media.Serve(content, "image/jpeg")),
            AttachmentState.Failed
        );

    private static byte[] Gzipped(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }
        return packed.ToArray();
    }

    /// <summary>A small file whose header claims thousands of millions of pixels.</summary>
    private static byte[] Claiming(string kind)
    {
        switch (kind)
        {
            case "gif":
                var gif = SampleFiles.AnimatedGif();
                BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(6), ushort.MaxValue);
                BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(8), ushort.MaxValue);
                return gif;
            case "jpeg":
                var jpeg = SampleFiles.Jpeg();
                // Start of frame: height and width stand 5 bytes after its marker.
                var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
                BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65_500);
                BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 65_500);
                return jpeg;
            case "bmp":
                var bmp = SampleFiles.Bmp();
                BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 60_000);
                BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), 60_000);
                return bmp;
            case "webp":
                var webp = SampleFiles.Webp();
                // The extended form says the canvas's size in three bytes each, less one.
                byte[] extended =
                [
                    .. "RIFF"u8,
                    0,
                    0,
                    0,
                    0,
                    .. "WEBPVP8X"u8,
                    10,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0xFE,
                    0x3F,
                    0,
                    0xFE,
                    0x3F,
                    0,
                    .. webp.AsSpan(12),
                ];
                BinaryPrimitives.WriteInt32LittleEndian(extended.AsSpan(4), extended.Length - 8);
                // The picture itself says it again, after the start code of a key frame.
                var start = extended.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]);
                BinaryPrimitives.WriteUInt16LittleEndian(extended.AsSpan(start + 3), 0x3FFF);
                BinaryPrimitives.WriteUInt16LittleEndian(extended.AsSpan(start + 5), 0x3FFF);
                return extended;
            default:
                // As many lines as the library takes.
                return SampleFiles.PngOf(60, 1_000_000);
        }
    }
}
