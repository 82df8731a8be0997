using System.Collections;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using SkiaSharp;

namespace Clinic.Inbox.Pdf;

/// <summary>
/// The font of every PDF: Inter, regular and bold, which lies in this program. What a machine has installed is never
/// asked for, so that a paper looks the same everywhere.
/// </summary>
internal sealed class OwnFonts : IFontResolver
{
    private const string Family = "Inter";
    private const string Regular = "Inter-Regular";
    private const string Bold = "Inter-Bold";

    /// <summary>Which characters of the first plane the font can draw.</summary>
    private static readonly BitArray Drawn = Coverage();

    static OwnFonts() => GlobalFontSettings.FontResolver = new OwnFonts();

    private OwnFonts() { }

    /// <param name="size">Points.</param>
    public static XFont Font(double size, bool bold = false) =>
        new(Family, size, bold ? XFontStyleEx.Bold : XFontStyleEx.Regular);

    public static bool CanDraw(System.Text.Rune rune) => rune.IsBmp && Drawn[rune.Value];

    public FontResolverInfo ResolveTypeface(string familyName, bool isBold, bool isItalic) =>
        new(isBold ? Bold : Regular);

    public byte[] GetFont(string faceName) => Read(faceName);

    private static BitArray Coverage()
    {
        using var data = SKData.CreateCopy(Read(Regular));
        using var face = SKTypeface.FromData(data);
        var drawn = new BitArray(char.MaxValue + 1);
        for (var c = 0; c <= char.MaxValue; c++)
        {
            drawn[c] = !char.IsSurrogate((char)c) && face.GetGlyph(c) != 0;
        }
        return drawn;
    }

    private static byte[] Read(string face)
    {
        using var stream = typeof(OwnFonts).Assembly.GetManifestResourceStream(
            $"fonts/{face}.ttf"
        )!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
