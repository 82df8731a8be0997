using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Reads a PDF as another program does.</summary>
internal static class PdfReading
{
    /// <summary>The words of each page, in reading order.</summary>
    public static IReadOnlyList<string> Pages(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        return [.. document.GetPages().Select(page => ContentOrderTextExtractor.GetText(page))];
    }

    public static string Text(byte[] pdf) => string.Join('\n', Pages(pdf));

    public static IReadOnlyList<string> Fonts(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        return
        [
            .. document
                .GetPages()
                .SelectMany(page => page.Letters)
                .Select(letter => letter.FontName ?? "")
                .Distinct(),
        ];
    }
}
