using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class AttachmentNamesTests
{
    [Theory]
    [InlineData("paw.jpg", "paw.jpg")]
    [InlineData("Bellas Röntgenbild – links.pdf", "Bellas Röntgenbild – links.pdf")]
    [InlineData("犬の写真.jpg", "犬の写真.jpg")]
    [InlineData("\U0001F436 Bella.jpg", "\U0001F436 Bella.jpg")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\windows\\system.ini", "system.ini")]
    [InlineData("/", "")]
    [InlineData("..", "")]
    [InlineData("  . .", "")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("\u200B.htaccess", "htaccess")]
    [InlineData("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie_ x=1.jpg")]
    [InlineData("photo\0.jpg", "photo.jpg")]
    [InlineData("invoice\u202Egpj.exe", "invoicegpj.exe")]
    [InlineData("zero\u200B\u200D\uFEFFwidth.jpg", "zerowidth.jpg")]
    [InlineData("line\u2028break.jpg", "linebreak.jpg")]
    [InlineData("filler\u3164.jpg", "filler.jpg")]
    [InlineData("wide\u3000space\u00A0s.jpg", "wide space s.jpg")]
    [InlineData("<script>alert(1)</script>.jpg", "script_.jpg")]
    [InlineData("<img src=x onerror=alert(1)>.jpg", "_img src=x onerror=alert(1)_.jpg")]
    [InlineData("a:b|c?d*e\"f.jpg", "a_b_c_d_e_f.jpg")]
    [InlineData("CON", "_CON")]
    [InlineData("con.jpg", "_con.jpg")]
    [InlineData("Lpt1.tar.gz", "_Lpt1.tar.gz")]
    [InlineData("CONTRACT.pdf", "CONTRACT.pdf")]
    [InlineData("u\u0308ber.jpg", "\u00FCber.jpg")]
    public void A_name_loses_what_hides_reorders_or_leads_elsewhere(string given, string kept) =>
        Assert.Equal(kept, AttachmentNames.Clean(given));

    [Fact]
    public void Half_a_character_becomes_a_replacement() =>
        Assert.Equal("half\uFFFD.jpg", AttachmentNames.Clean("half\uD83D.jpg"));

    [Fact]
    public void A_long_name_keeps_its_extension_and_no_half_character()
    {
        var name = AttachmentNames.Clean(
            string.Concat(Enumerable.Repeat("\U0001F436", 300)) + ".jpeg"
        );

        Assert.InRange(name.Length, 190, AttachmentNames.Longest);
        Assert.EndsWith("\U0001F436.jpeg", name, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', name);
    }

    [Fact]
    public void A_long_name_without_an_extension_is_cut()
    {
        Assert.Equal(AttachmentNames.Longest, AttachmentNames.Clean(new string('a', 5_000)).Length);
        Assert.Equal(
            AttachmentNames.Longest,
            AttachmentNames.Clean("a." + new string('b', 5_000)).Length
        );
    }

    [Theory]
    [InlineData("paw.JPEG", "paw.JPEG")]
    [InlineData("paw.png", "paw.jpg")]
    [InlineData("page.html", "page.html.jpg")]
    [InlineData("page.html.jpg", "page.html.jpg")]
    [InlineData("tool.exe", "tool.exe.jpg")]
    [InlineData("paw", "paw.jpg")]
    [InlineData("", "photo.jpg")]
    public void A_name_says_what_the_file_is(string given, string served) =>
        Assert.Equal(served, AttachmentNames.Fitting(given, FileKinds.Jpeg));
}
