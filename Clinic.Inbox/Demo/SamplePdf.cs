using System.Globalization;
using Clinic.Inbox.Carrier.Simulator;

namespace Clinic.Inbox.Demo;

/// <summary>A page of records from another clinic, as a client forwards it. Written by hand: PDF is plain text when it is this short.</summary>
internal static class SamplePdf
{
    private static readonly (int Size, int Y, string Text)[] Page =
    [
        (20, 720, "Front Range Animal Hospital"),
        (10, 702, "Denver, Colorado (a made-up clinic)"),
        (14, 660, "Vaccination record"),
        (11, 632, "Patient: Luna, Siberian Husky, female, spayed"),
        (11, 614, "Owner: Kayla Brooks"),
        (11, 574, "Rabies, three years            given in spring"),
        (11, 556, "DHPP booster                   given in spring"),
        (11, 538, "Bordetella                     given in summer"),
        (11, 520, "Heartworm test                 done in summer"),
        (10, 470, "Thank you for taking over her care. Please call us with any question."),
    ];

    public static byte[] Records()
    {
        var content = string.Concat(
            Page.Select(line =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"BT /F{(line.Size > 11 ? 2 : 1)} {line.Size} Tf 72 {line.Y} Td ({Escaped(line.Text)}) Tj ET\n"
                )
            )
        );
        content += "0.07 0.45 0.43 RG 2 w 72 690 m 540 690 l S\n";
        return SampleDocument.File([
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
                + "/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
            $"<< /Length {content.Length} >>\nstream\n{content}endstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        ]);
    }

    private static string Escaped(string text) =>
        text.Replace("(", "\\(", StringComparison.Ordinal)
            .Replace(")", "\\)", StringComparison.Ordinal);
}
