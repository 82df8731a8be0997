using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Writes the PDF that clients of the demo send: a vaccination record on one page. By hand, since a page of a font that
/// every viewer has (Helvetica, PDF 1.4) needs no library.
/// </summary>
internal static class SampleDocument
{
    public const string Name = "records.pdf";

    private static readonly (string Given, string Vaccine, string Due)[] Rows =
    [
        ("Mar 14, 2024", "Rabies, three years", "Mar 14, 2027"),
        ("Mar 14, 2025", "DHPP", "Mar 14, 2028"),
        ("Sep 02, 2025", "Bordetella", "Sep 02, 2026"),
        ("Sep 02, 2025", "Leptospirosis", "Sep 02, 2026"),
    ];

    public static byte[] Write()
    {
        var page = Page();
        return File([
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
            $"<< /Length {page.Length} >>\nstream\n{page}endstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        ]);
    }

    /// <summary>A file of these objects, numbered from 1; the first is the catalog. Everything in them is ASCII.</summary>
    internal static byte[] File(IReadOnlyList<string> objects)
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>(objects.Count);
        foreach (var (at, body) in objects.Index())
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{at + 1} 0 obj\n{body}\nendobj\n");
        }
        var table = pdf.Length;
        pdf.Append(
            CultureInfo.InvariantCulture,
            $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n"
        );
        foreach (var offset in offsets)
        {
            pdf.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        }
        pdf.Append(
            CultureInfo.InvariantCulture,
            $"trailer\n<< /Size {objects.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        );
        // Characters are bytes.
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("0.06 0.46 0.43 rg 0 720 612 72 re f\n1 1 1 rg\n");
        Text("F2", 22, 56, 748, "Vaccination record");
        page.Append("0.1 0.12 0.13 rg\n");
        Text("F2", 14, 56, 676, "Bella");
        Text("F1", 11, 56, 658, "Labrador mix, female, born June 9, 2021");
        Text("F2", 11, 56, 616, "Given");
        Text("F2", 11, 190, 616, "Vaccine");
        Text("F2", 11, 430, 616, "Next due");
        page.Append("0.7 0.75 0.76 RG 0.8 w\n");
        var y = 608;
        foreach (var (given, vaccine, due) in Rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"56 {y} m 556 {y} l S\n");
            y -= 20;
            Text("F1", 11, 56, y, given);
            Text("F1", 11, 190, y, vaccine);
            Text("F1", 11, 430, y, due);
            y -= 10;
        }
        Text("F1", 9, 56, 64, "A document of the demo. No animal of this name was vaccinated.");
        return page.ToString();

        void Text(string font, int size, int x, int line, string text) =>
            page.Append(
                CultureInfo.InvariantCulture,
                $"BT /{font} {size} Tf {x} {line} Td ({text}) Tj ET\n"
            );
    }
}
