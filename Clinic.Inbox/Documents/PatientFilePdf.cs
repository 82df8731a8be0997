using Clinic.Inbox.Pdf;

namespace Clinic.Inbox.Documents;

/// <summary>What this system knows of a patient, as a paper.</summary>
internal static class PatientFilePdf
{
    public static byte[] Write(PatientFacts facts)
    {
        var day = facts.Day.ToString("MMMM d, yyyy", DocumentFacts.English);
        using var paper = new PdfPaper(
            $"Patient file of {facts.Name}",
            facts.Clinic.Name,
            $"{facts.Clinic.Name}: {facts.Name}, {day}",
            facts.Clinic.Region
        );
        paper.Title($"Patient file of {facts.Name}");
        paper.Text($"As of {day}");
        paper.Facts(
            DocumentFacts.Known([
                ("Owner", facts.Client),
                .. facts.About,
                ("Clinic", facts.Clinic.Name),
                ("Phone", facts.Clinic.Phone),
            ])
        );
        paper.Text(
            "This file holds visits, what was given and what is due. Findings, results and images stand in the clinic's medical record: ask the clinic for them.",
            quiet: true
        );
        Part(
            paper,
            "Visits",
            [new("Date", 2), new("Visit", 4), new("Seen by", 3)],
            facts.Visits.Select(v => Row(DocumentFacts.Write(v.Day), v.Type, v.Staff))
        );
        Part(
            paper,
            "What was given",
            [new("Date", 2), new("Item", 4), new("By", 3)],
            facts.Given.Select(g => Row(DocumentFacts.Write(g.Day), g.Name, g.By))
        );
        Part(
            paper,
            "What is due",
            [new("Due on", 2), new("Item", 7)],
            facts.Due.Select(d => Row(DocumentFacts.Write(d.DueOn), d.Name))
        );
        return paper.ToBytes();
    }

    private static void Part(
        PdfPaper paper,
        string title,
        IReadOnlyList<PdfColumn> columns,
        IEnumerable<IReadOnlyList<string>> rows
    )
    {
        paper.Heading(title);
        var all = rows.ToList();
        if (all.Count == 0)
        {
            paper.Text("None on record.");
            return;
        }
        paper.Table(columns, all);
    }

    private static IReadOnlyList<string> Row(params string[] cells) => cells;
}
