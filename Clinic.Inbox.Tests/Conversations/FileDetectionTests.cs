using System.Text;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class FileDetectionTests
{
    public static TheoryData<string, byte[]> Known =>
        new()
        {
            { "image/jpeg", SampleFiles.Jpeg() },
            { "image/png", SampleFiles.Png() },
            { "image/gif", SampleFiles.AnimatedGif() },
            { "image/webp", SampleFiles.Webp() },
            { "image/bmp", SampleFiles.Bmp() },
            { "image/heic", SampleFiles.BaseMedia("heic") },
            { "application/pdf", SampleFiles.Pdf() },
            { "application/pdf", [0xEF, 0xBB, 0xBF, .. SampleFiles.Pdf()] },
            { "video/mp4", SampleFiles.BaseMedia("isom") },
            { "video/3gpp", SampleFiles.BaseMedia("3gp5") },
            { "video/quicktime", SampleFiles.BaseMedia("qt  ") },
            { "audio/mp4", SampleFiles.BaseMedia("M4A ") },
            { "audio/mpeg", SampleFiles.Mp3() },
            { "audio/mpeg", [.. "ID3\u0003\0\0\0\0\0\0"u8, .. SampleFiles.Mp3()] },
            { "audio/amr", "#!AMR\n\u0004"u8.ToArray() },
            { "audio/ogg", "OggS\0\u0002"u8.ToArray() },
            { "audio/wav", "RIFF\0\0\0\0WAVEfmt "u8.ToArray() },
            { "text/vcard", SampleFiles.VCard() },
        };

    [Theory]
    [MemberData(nameof(Known))]
    public void Each_kind_is_known_by_its_bytes(string contentType, byte[] file) =>
        Assert.Equal(contentType, FileDetection.Detect(file)?.ContentType);

    [Theory]
    [InlineData("")]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]
    [InlineData("<?xml version='1.0'?><svg/>")]
    [InlineData("alert(1)")]
    [InlineData("MZ\u0090\0")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("#!/bin/sh\nrm -rf /")]
    [InlineData("BM is not always a bitmap, it may be a text")]
    [InlineData("RIFF\0\0\0\0AVI LIST")]
    [InlineData("<script>1</script>%PDF-1.4")]
    [InlineData("plain words")]
    public void What_is_none_of_them_is_refused(string content) =>
        Assert.Null(FileDetection.Detect(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void A_lone_sync_word_is_no_sound() =>
        Assert.Null(
            FileDetection.Detect([0xFF, 0xFB, 0x90, 0x00, .. "<script>alert(1)</script>"u8])
        );

    [Fact]
    public void A_picture_with_a_page_behind_it_is_a_picture() =>
        Assert.Equal(FileKinds.Gif, FileDetection.Detect("GIF89a/*<svg/onload=alert(1)>*/=1;"u8));

    [Fact]
    public void No_start_of_any_length_makes_it_fail()
    {
        foreach (var row in Known)
        {
            var file = row.Data.Item2;
            for (var length = 0; length < Math.Min(file.Length, 400); length++)
            {
                FileDetection.Detect(file.AsSpan(0, length));
            }
        }
    }

    [Theory]
    [InlineData(
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=\n=69\nEND:VCARD",
        true
    )]
    [InlineData(
        "begin:vcard\r\nversion:3.0\r\nitem1.TEL:1\r\nend:vcard\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:B\r\nEND:VCARD",
        true
    )]
    [InlineData("\uFEFFBEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n\n", true)]
    [InlineData("BEGIN:VCARD\nFN:no version\nEND:VCARD", false)]
    [InlineData("BEGIN:VCARD\nVERSION:3.0\nFN:no end", false)]
    [InlineData("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n<script>alert(1)</script>", false)]
    [InlineData("BEGIN:VCARD\nVERSION:3.0\n<script>alert(1):</script>\nEND:VCARD", false)]
    [InlineData("<html>\nBEGIN:VCARD\nVERSION:3.0\nEND:VCARD", false)]
    [InlineData("BEGIN:VCARD\nVERSION:3.0\nFN:\0\nEND:VCARD", false)]
    public void A_contact_card_is_read_strictly(string card, bool wellFormed) =>
        Assert.Equal(wellFormed, VCard.IsWellFormed(Encoding.UTF8.GetBytes(card)));
}
