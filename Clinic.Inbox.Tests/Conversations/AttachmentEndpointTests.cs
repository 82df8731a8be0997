using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using SkiaSharp;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class AttachmentEndpointTests(SharedAttachmentsApp shared)
    : IClassFixture<SharedAttachmentsApp>
{
    private readonly AttachmentsApp _app = shared.App;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_sees_a_file_without_signing_in()
    {
        var file = await _app.StoredAsync(SampleFiles.Jpeg());
        using var visitor = _app.Inbox.Visitor();
        using var stranger = new HttpClient { BaseAddress = _app.Inbox.Address };
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "ci_wrong");
        foreach (
            var path in (string[])
                [
                    $"attachments/{file.Id}",
                    $"attachments/{file.Id}/thumbnail",
                    $"attachments/{file.Id}?download",
                ]
        )
        {
            using var redirected = await visitor.GetAsync(path, Cancellation);
            Assert.Contains(
                redirected.StatusCode,
                (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Redirect]
            );
            Assert.NotEqual("image/jpeg", redirected.Content.Headers.ContentType?.MediaType);
            using var refused = await stranger.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData(Roles.FrontDesk)]
    [InlineData(Roles.PracticeManager)]
    [InlineData(Roles.Administrator)]
    public async Task Whoever_is_signed_in_sees_it(string role)
    {
        var photo = SampleFiles.TurnedPhoto();
        var file = await _app.StoredAsync(photo);
        using var user = await _app.Inbox.UserAsync(role);

        Assert.Equal(
            photo,
            await user.Http.GetByteArrayAsync($"attachments/{file.Id}", Cancellation)
        );
        using var thumbnail = SKBitmap.Decode(
            await user.Http.GetByteArrayAsync($"attachments/{file.Id}/thumbnail", Cancellation)
        );
        Assert.Equal((20, 40), (thumbnail.Width, thumbnail.Height));
    }

    [Fact]
    public async Task A_program_needs_a_key_that_may_read()
    {
        var file = await _app.StoredAsync(SampleFiles.Pdf(), "records.pdf");
        using var reader = await _app.ProgramAsync();
        using var writer = await _app.ProgramAsync(ApiScopes.Write);

        using var read = await reader.GetAsync($"attachments/{file.Id}", Cancellation);
        using var refused = await writer.GetAsync($"attachments/{file.Id}", Cancellation);

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_photo_shows_in_place_and_runs_nothing()
    {
        var file = await _app.StoredAsync(
            [.. SampleFiles.Jpeg(), .. "<script>alert(1)</script>"u8],
            "page.html"
        );

        using var shown = await GetAsync($"attachments/{file.Id}");

        Assert.Equal("image/jpeg", shown.Content.Headers.ContentType?.ToString());
        Assert.Equal("inline", shown.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("page.html.jpg", shown.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal(
            "sandbox; default-src 'none'; frame-ancestors 'none'",
            Header(shown, "Content-Security-Policy")
        );
        Assert.Equal("nosniff", Header(shown, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(shown, "X-Frame-Options"));
        Assert.Equal("same-origin", Header(shown, "Cross-Origin-Resource-Policy"));
        Assert.Equal(
            (true, true),
            (shown.Headers.CacheControl?.NoStore, shown.Headers.CacheControl?.Private)
        );
    }

    [Fact]
    public async Task A_thumbnail_carries_the_same_rules()
    {
        var file = await _app.StoredAsync(SampleFiles.Png(), "chart.png");

        using var shown = await GetAsync($"attachments/{file.Id}/thumbnail");

        Assert.Equal("image/jpeg", shown.Content.Headers.ContentType?.ToString());
        Assert.StartsWith(
            "sandbox;",
            Header(shown, "Content-Security-Policy"),
            StringComparison.Ordinal
        );
        Assert.Equal("nosniff", Header(shown, "X-Content-Type-Options"));
        Assert.True(shown.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_PDF_may_be_framed_by_our_own_pages_alone()
    {
        var file = await _app.StoredAsync(SampleFiles.Pdf(), "records.pdf");

        using var shown = await GetAsync($"attachments/{file.Id}");
        using var saved = await GetAsync($"attachments/{file.Id}?download");

        var policy = Header(shown, "Content-Security-Policy");
        Assert.Contains("frame-ancestors 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.Equal("SAMEORIGIN", Header(shown, "X-Frame-Options"));
        Assert.Equal("inline", shown.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("DENY", Header(saved, "X-Frame-Options"));
    }

    [Theory]
    [InlineData("vcard", "text/vcard")]
    [InlineData("heic", "image/heic")]
    public async Task What_is_not_shown_is_saved(string kind, string contentType)
    {
        var file = await _app.StoredAsync(
            kind == "heic" ? SampleFiles.BaseMedia("heic") : SampleFiles.VCard(),
            "it"
        );

        using var saved = await GetAsync($"attachments/{file.Id}");

        Assert.Equal(contentType, saved.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition?.DispositionType);
        using var thumbnail = await GetAsync($"attachments/{file.Id}/thumbnail");
        Assert.Equal(HttpStatusCode.NotFound, thumbnail.StatusCode);
    }

    [Fact]
    public async Task A_video_can_be_wound()
    {
        var video = SampleFiles.BaseMedia("isom");
        var file = await _app.StoredAsync(video, "limp.mp4");
        using var reader = await _app.ProgramAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"attachments/{file.Id}");
        request.Headers.Range = new RangeHeaderValue(4, 7);

        using var part = await reader.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("ftyp", await part.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(video.Length, part.Content.Headers.ContentRange?.Length);
        Assert.Equal("inline", part.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..\\..\\boot.ini")]
    [InlineData("a\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>.jpg")]
    [InlineData("invoice\u202Egpj.exe")]
    [InlineData("\u200B.htaccess")]
    [InlineData("CON")]
    [InlineData("nul.html.jpg")]
    [InlineData("quote\"; filename=\"evil.html")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Röntgen 犬 \U0001F436.jpg")]
    [InlineData("%2e%2e%2fetc%2fpasswd")]
    [InlineData("")]
    public async Task No_file_name_leads_or_breaks_out(string name)
    {
        var file = await _app.StoredAsync(
            SampleFiles.Jpeg(),
            name + new string('x', name == "CON" ? 0 : 300)
        );
        var plain = await _app.StoredAsync(SampleFiles.Jpeg(), name);
        foreach (var stored in (Attachment[])[file, plain])
        {
            using var answer = await GetAsync($"attachments/{stored.Id}?download");

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(
                answer.Headers.Contains("Set-Cookie")
                    && Header(answer, "Set-Cookie").Contains("evil", StringComparison.Ordinal)
            );
            var raw = answer.Content.Headers.NonValidated["Content-Disposition"].ToString();
            Assert.DoesNotContain(raw, c => c is < ' ' or > '~');
            var disposition = answer.Content.Headers.ContentDisposition!;
            Assert.Equal("attachment", disposition.DispositionType);
            var saved = disposition.FileNameStar ?? disposition.FileName!.Trim('"');
            Assert.Equal(stored.Name, saved);
            Assert.EndsWith(".jpg", saved, StringComparison.Ordinal);
            Assert.InRange(saved.Length, 5, 200);
            Assert.DoesNotContain(
                saved,
                c => c is '/' or '\\' or '"' or '<' or '>' || char.IsControl(c)
            );
            Assert.False(saved.StartsWith('.'));
        }
        Assert.All(
            _app.FilesOnDisk(),
            path => Assert.Matches("^[0-9a-f]{32}(\\.thumbnail)?$", Path.GetFileName(path))
        );
    }

    [Theory]
    [InlineData("attachments/x")]
    [InlineData("attachments/00000000000000000000000000000000")]
    [InlineData("attachments/0190A0B0C0D0E0F00102030405060708")]
    [InlineData("attachments/%2e%2e%2fetc%2fpasswd")]
    [InlineData("attachments/00000000000000000000000000000000/thumbnail")]
    public async Task What_is_not_a_file_of_a_message_is_not_found(string path)
    {
        using var answer = await GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_file_on_the_disk_that_no_message_has_is_not_served()
    {
        using var content = new MemoryStream(SampleFiles.Jpeg());
        var taken = Assert.IsType<IntakeResult.Taken>(
            await _app.Inbox.Get<AttachmentIntake>().TakeAsync(content, "paw.jpg", Cancellation)
        );

        using var answer = await GetAsync($"attachments/{taken.File.Id}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var reader = await _app.ProgramAsync();
        return await reader.GetAsync(path, Cancellation);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.GetValues(name));
}
