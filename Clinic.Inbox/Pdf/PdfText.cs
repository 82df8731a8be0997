using System.Globalization;
using System.Text;
using PdfSharp.Drawing;

namespace Clinic.Inbox.Pdf;

/// <summary>Makes any text one that the font can draw, and breaks it into lines.</summary>
internal static class PdfText
{
    /// <summary>
    /// What the font has no picture of is written as its number in Unicode, <c>[1F436]</c>: nothing that somebody wrote is
    /// dropped. Line ends stay.
    /// </summary>
    public static string Drawable(string text)
    {
        var whole = new StringBuilder(text.Length);
        var missing = new List<string>();
        foreach (var rune in text.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || OwnFonts.CanDraw(rune))
            {
                Write(whole, missing);
                whole.Append(rune.Value == '\t' ? " " : rune.ToString());
            }
            else if (rune.Value != '\r')
            {
                missing.Add(rune.Value.ToString("X4", CultureInfo.InvariantCulture));
            }
        }
        Write(whole, missing);
        return whole.ToString();
    }

    /// <summary>Lines no wider than <paramref name="width"/> (points). A word that is wider than a line is broken.</summary>
    public static List<string> Wrap(XGraphics measure, string text, XFont font, double width)
    {
        var lines = new List<string>();
        foreach (var paragraph in Drawable(text).Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' '))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (Fits(measure, longer, font, width))
                {
                    line = longer;
                    continue;
                }
                if (line.Length > 0)
                {
                    lines.Add(line);
                }
                line = Break(measure, word, font, width, lines);
            }
            lines.Add(line);
        }
        return lines;
    }

    /// <summary>Adds what fills whole lines; returns the rest of the word.</summary>
    private static string Break(
        XGraphics measure,
        string word,
        XFont font,
        double width,
        List<string> lines
    )
    {
        while (!Fits(measure, word, font, width) && word.Length > 1)
        {
            var length = 1;
            while (length < word.Length - 1 && Fits(measure, word[..(length + 1)], font, width))
            {
                length++;
            }
            lines.Add(word[..length]);
            word = word[length..];
        }
        return word;
    }

    private static bool Fits(XGraphics measure, string text, XFont font, double width) =>
        measure.MeasureString(text, font).Width <= width;

    private static void Write(StringBuilder whole, List<string> missing)
    {
        if (missing.Count > 0)
        {
            whole.Append('[').AppendJoin(' ', missing).Append(']');
            missing.Clear();
        }
    }
}
