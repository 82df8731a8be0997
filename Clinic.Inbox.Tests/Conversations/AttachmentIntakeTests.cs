using System.Text;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using SkiaSharp;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class AttachmentIntakeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("intake-test");
    private readonly Pictures _pictures = new();
    private readonly AttachmentStore _store;
    private readonly AttachmentIntake _intake;

    public AttachmentIntakeTests()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Storage:Path", _folder.FullName)])
            .Build();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        _store = new AttachmentStore(settings, clock);
        _intake = new AttachmentIntake(_store, _pictures, clock);
    }

    [Fact]
    public async Task A_photo_is_made_anew_upright_and_without_its_place()
    {
        var file = await TakenAsync(SampleFiles.TurnedPhoto(), "paw.jpg");

        Assert.Equal(
            ("paw.jpg", "image/jpeg", 20, 40, true),
            (file.Name, file.ContentType, file.Width, file.Height, file.HasThumbnail)
        );
        var bytes = await File.ReadAllBytesAsync(
            _store.PathOf(file.Id),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(file.Size, bytes.Length);
        Assert.DoesNotContain("GPS", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        Assert.True(File.Exists(_store.ThumbnailPathOf(file.Id)));
    }

    [Fact]
    public async Task A_photo_over_2_MB_is_made_to_fit_the_carrier()
    {
        var noise = SampleFiles.NoisyPng(3_000, 2_000);
        Assert.True(noise.Length > 2_000_000);

        var file = await TakenAsync(noise, "noise.png");

        Assert.Equal(("noise.jpg", "image/jpeg"), (file.Name, file.ContentType));
        Assert.InRange(file.Size, 1, 2_000_000);
        using var sent = SKBitmap.Decode(_store.PathOf(file.Id));
        Assert.Equal((file.Width, file.Height), (sent.Width, sent.Height));
        Assert.Equal(1.5, (double)sent.Width / sent.Height, 2);
    }

    [Theory]
    [InlineData("webp", "image/png")]
    [InlineData("bmp", "image/png")]
    [InlineData("png", "image/png")]
    [InlineData("gif", "image/gif")]
    public async Task What_the_carrier_does_not_take_is_converted(string format, string sentAs)
    {
        var bytes = format switch
        {
            "webp" => SampleFiles.Webp(),
            "bmp" => SampleFiles.Bmp(),
            "png" => SampleFiles.Png(),
            _ => SampleFiles.AnimatedGif(),
        };

        var file = await TakenAsync(bytes, "bella." + format);

        Assert.Equal(sentAs, file.ContentType);
        Assert.Equal("bella." + sentAs[6..], file.Name);
    }

    [Fact]
    public async Task A_PDF_up_to_5_MB_is_taken_as_it_is()
    {
        var pdf = SampleFiles.Pdf();

        var file = await TakenAsync(pdf, "../../records\u202E.exe");

        Assert.Equal(
            ("records.exe.pdf", "application/pdf", false),
            (file.Name, file.ContentType, file.HasThumbnail)
        );
        Assert.Equal(
            pdf,
            await File.ReadAllBytesAsync(
                _store.PathOf(file.Id),
                TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public async Task A_larger_PDF_is_refused_with_the_limit()
    {
        byte[] pdf = [.. SampleFiles.Pdf(), .. new byte[AttachmentIntake.LargestPdf]];

        Assert.Contains("5 MB", await RefusedAsync(pdf, "records.pdf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]
    [InlineData("")]
    [InlineData("MZ")]
    public async Task What_is_no_photo_or_PDF_is_refused_whatever_its_name(string content) =>
        Assert.NotEmpty(await RefusedAsync(Encoding.ASCII.GetBytes(content), "paw.jpg"));

    [Fact]
    public async Task A_bomb_and_a_damaged_picture_are_refused()
    {
        Assert.Contains(
            "50,000",
            await RefusedAsync(SampleFiles.PngBomb(), "bomb.png"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "damaged",
            await RefusedAsync([0xFF, 0xD8, 0xFF, 1, 2, 3], "paw.jpg"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "HEIC",
            await RefusedAsync(SampleFiles.BaseMedia("heic"), "IMG_1.HEIC"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_endless_upload_is_cut_off()
    {
        await using var endless = new Endless();

        var result = await _intake.TakeAsync(
            endless,
            "paw.jpg",
            TestContext.Current.CancellationToken
        );

        Assert.Contains(
            "20 MiB",
            Assert.IsType<IntakeResult.Refused>(result).Reason,
            StringComparison.Ordinal
        );
        Assert.InRange(
            endless.Position,
            AttachmentIntake.LargestPicture,
            AttachmentIntake.LargestPicture + 1024 * 1024
        );
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<StoredFile> TakenAsync(byte[] bytes, string name)
    {
        using var content = new MemoryStream(bytes);
        var result = await _intake.TakeAsync(content, name, TestContext.Current.CancellationToken);
        return Assert.IsType<IntakeResult.Taken>(result).File;
    }

    private async Task<string> RefusedAsync(byte[] bytes, string name)
    {
        using var content = new MemoryStream(bytes);
        var result = await _intake.TakeAsync(content, name, TestContext.Current.CancellationToken);
        var reason = Assert.IsType<IntakeResult.Refused>(result).Reason;
        Assert.Empty(_folder.EnumerateFiles("*", SearchOption.AllDirectories));
        return reason;
    }

    /// <summary>Zeros without an end.</summary>
    private sealed class Endless : Stream
    {
        private long _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            _position += count;
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) =>
            throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();
    }
}
