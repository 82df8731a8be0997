using PdfSharp;
using PdfSharp.Drawing;
using PdfSharp.Pdf;

namespace Clinic.Inbox.Pdf;

/// <summary>
/// A paper that is written from top to bottom: headings, paragraphs, facts, tables. Pages break by themselves; each ends
/// with the footer and its number. Not for several threads at once.
/// </summary>
public sealed class PdfPaper : IDisposable
{
    private const double Margin = 54;
    private const double FooterHeight = 24;
    private const double Leading = 1.35;
    private const double CellPadding = 4;

    private static readonly XColor Ink = XColor.FromArgb(0x1B, 0x26, 0x2C);
    private static readonly XColor Grey = XColor.FromArgb(0x5B, 0x68, 0x70);
    private static readonly XColor Rule = XColor.FromArgb(0xD5, 0xDC, 0xE0);
    private static readonly XColor Shade = XColor.FromArgb(0xF1, 0xF4, 0xF5);

    private readonly PdfDocument _document = new();
    private readonly PageSize _size;
    private readonly string _footer;
    private XGraphics _page = null!;
    private double _y;

    /// <param name="title">What the paper is; the reader's window shows it.</param>
    /// <param name="by">Who gives it out: the clinic.</param>
    /// <param name="footer">Stands at the foot of every page, before the page's number.</param>
    /// <param name="region">ISO 3166: North America writes on Letter, the rest on A4.</param>
    public PdfPaper(string title, string by, string footer, string region = "US")
    {
        _size = region is "US" or "CA" or "MX" ? PageSize.Letter : PageSize.A4;
        _footer = footer;
        _document.Info.Title = title;
        _document.Info.Author = by;
        _document.Info.Creator = "Clinic.Inbox";
        _document.Language = "en-US";
        _document.ViewerPreferences.DisplayDocTitle = true;
        Break();
    }

    private double Width => _document.Pages[^1].Width.Point - (2 * Margin);

    private double Bottom => _document.Pages[^1].Height.Point - Margin - FooterHeight;

    /// <summary>The paper's name, large; once, at the top.</summary>
    public void Title(string text) => Write(text, OwnFonts.Font(18, bold: true), Ink, after: 4);

    /// <summary>Begins a part; never alone at the foot of a page.</summary>
    public void Heading(string text)
    {
        _y += 10;
        Need(64);
        Write(text, OwnFonts.Font(12, bold: true), Ink, after: 4);
    }

    /// <summary>A paragraph.</summary>
    /// <param name="quiet">Smaller and grey: an explanation.</param>
    /// <param name="bold">What must be seen.</param>
    public void Text(string text, bool quiet = false, bool bold = false) =>
        Write(text, OwnFonts.Font(quiet ? 8 : 9.5, bold), quiet ? Grey : Ink, after: 4);

    /// <summary>Somebody's own words: indented, with a rule beside them.</summary>
    public void Quote(string text)
    {
        var font = OwnFonts.Font(9);
        foreach (var line in PdfText.Wrap(_page, text, font, Width - 14))
        {
            Need(font.Size * Leading);
            _page.DrawRectangle(new XSolidBrush(Rule), Margin, _y, 2, font.Size * Leading);
            Draw(line, font, Ink, Margin + 12, _y);
            _y += font.Size * Leading;
        }
        _y += 6;
    }

    /// <summary>Names with their values, one a line.</summary>
    public void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        const double names = 130;
        var bold = OwnFonts.Font(9, bold: true);
        var font = OwnFonts.Font(9);
        foreach (var (name, value) in facts)
        {
            var left = PdfText.Wrap(_page, name, bold, names - 8);
            var right = PdfText.Wrap(_page, value, font, Width - names);
            Need(font.Size * Leading);
            for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
            {
                Need(font.Size * Leading);
                Draw(left.ElementAtOrDefault(i) ?? "", bold, Grey, Margin, _y);
                Draw(right.ElementAtOrDefault(i) ?? "", font, Ink, Margin + names, _y);
                _y += font.Size * Leading;
            }
            _y += 2;
        }
        _y += 4;
    }

    /// <summary>Rows under a head that every page repeats. A row that is higher than a page goes on on the next.</summary>
    /// <param name="rows">As many cells as there are columns.</param>
    public void Table(
        IReadOnlyList<PdfColumn> columns,
        IEnumerable<IReadOnlyList<string>> rows,
        IReadOnlyList<string>? total = null
    )
    {
        if (columns.Count == 0)
        {
            throw new ArgumentException("A table has at least one column.", nameof(columns));
        }
        Need(60);
        Head(columns);
        foreach (var row in rows)
        {
            Row(columns, row, OwnFonts.Font(8));
        }
        if (total is not null)
        {
            Row(columns, total, OwnFonts.Font(8, bold: true));
        }
        _y += 8;
    }

    /// <summary>The finished paper; nothing can be written after it.</summary>
    public byte[] ToBytes()
    {
        _page.Dispose();
        for (var i = 0; i < _document.PageCount; i++)
        {
            using var page = XGraphics.FromPdfPage(_document.Pages[i]);
            var font = OwnFonts.Font(7.5);
            var y = _document.Pages[i].Height.Point - Margin - font.Size;
            var number = $"Page {i + 1} of {_document.PageCount}";
            var right = page.MeasureString(number, font).Width;
            var left = PdfText.Wrap(page, _footer, font, Width - right - 20)[0];
            Draw(page, left, font, Grey, Margin, y);
            Draw(page, number, font, Grey, Margin + Width - right, y);
        }
        using var stream = new MemoryStream();
        _document.Save(stream, closeStream: false);
        return stream.ToArray();
    }

    public void Dispose()
    {
        _page.Dispose();
        _document.Dispose();
    }

    private void Head(IReadOnlyList<PdfColumn> columns)
    {
        var font = OwnFonts.Font(8, bold: true);
        var height = (font.Size * Leading) + (2 * CellPadding);
        _page.DrawRectangle(new XSolidBrush(Shade), Margin, _y, Width, height);
        Cells(columns, [.. columns.Select(c => new List<string> { c.Name })], font, 0, 1);
        _y += height;
    }

    private void Row(IReadOnlyList<PdfColumn> columns, IReadOnlyList<string> row, XFont font)
    {
        var cells = columns
            .Select((_, i) => PdfText.Wrap(_page, row[i], font, WidthOf(columns, i)))
            .ToList();
        var step = font.Size * Leading;
        var lines = cells.Max(c => c.Count);
        var at = 0;
        while (at < lines)
        {
            var room = (int)((Bottom - _y - (2 * CellPadding)) / step);
            // Three lines together at least, unless the row has fewer.
            if (room < Math.Min(3, lines - at))
            {
                Break();
                Head(columns);
                continue;
            }
            var count = Math.Min(room, lines - at);
            Cells(columns, cells, font, at, count);
            _y += (count * step) + (2 * CellPadding);
            at += count;
            _page.DrawLine(new XPen(Rule, 0.5), Margin, _y, Margin + Width, _y);
        }
    }

    private void Cells(
        IReadOnlyList<PdfColumn> columns,
        IReadOnlyList<List<string>> cells,
        XFont font,
        int from,
        int count
    )
    {
        var x = Margin;
        for (var i = 0; i < columns.Count; i++)
        {
            var width = WidthOf(columns, i);
            for (var line = from; line < Math.Min(from + count, cells[i].Count); line++)
            {
                var text = cells[i][line];
                var indent = columns[i].Right ? width - _page.MeasureString(text, font).Width : 0;
                var y = _y + CellPadding + ((line - from) * font.Size * Leading);
                Draw(text, font, Ink, x + CellPadding + indent, y);
            }
            x += width + (2 * CellPadding);
        }
    }

    /// <summary>Of a cell's text.</summary>
    private double WidthOf(IReadOnlyList<PdfColumn> columns, int at) =>
        (Width * columns[at].Share / columns.Sum(c => c.Share)) - (2 * CellPadding);

    private void Write(string text, XFont font, XColor color, double after)
    {
        foreach (var line in PdfText.Wrap(_page, text, font, Width))
        {
            Need(font.Size * Leading);
            Draw(line, font, color, Margin, _y);
            _y += font.Size * Leading;
        }
        _y += after;
    }

    /// <param name="y">The line's top.</param>
    private void Draw(string text, XFont font, XColor color, double x, double y) =>
        Draw(_page, text, font, color, x, y);

    private static void Draw(
        XGraphics page,
        string text,
        XFont font,
        XColor color,
        double x,
        double y
    )
    {
        if (text.Length > 0)
        {
            page.DrawString(text, font, new XSolidBrush(color), x, y + font.Size);
        }
    }

    private void Need(double height)
    {
        if (_y + height > Bottom)
        {
            Break();
        }
    }

    private void Break()
    {
        _page?.Dispose();
        var page = _document.AddPage();
        page.Size = _size;
        _page = XGraphics.FromPdfPage(page);
        _y = Margin;
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Share">Its part of the width, beside the others'.</param>
/// <param name="Right">Figures stand at the right.</param>
public sealed record PdfColumn(string Name, double Share = 1, bool Right = false);
