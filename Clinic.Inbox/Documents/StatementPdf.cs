using Clinic.Inbox.Pdf;

namespace Clinic.Inbox.Documents;

/// <summary>
/// What a client owes, as a paper. It says what this system knows and names what it does not: charges and payments are
/// the practice system's.
/// </summary>
internal static class StatementPdf
{
    public static byte[] Write(StatementFacts facts)
    {
        var day = facts.Day.ToString("MMMM d, yyyy", DocumentFacts.English);
        using var paper = new PdfPaper(
            $"Statement of {day}",
            facts.Clinic.Name,
            facts.Clinic.Name,
            facts.Clinic.Region
        );
        paper.Title("Billing statement");
        paper.Text($"Balance of the account on {day}");
        paper.Facts(
            DocumentFacts.Known([
                ("Clinic", facts.Clinic.Name),
                ("Phone", facts.Clinic.Phone),
                ("Client", facts.Client),
                ("Address", facts.Address),
                ("Balance", facts.Balance),
            ])
        );
        paper.Text(
            "This statement shows the balance alone. Single charges and payments stand in the clinic's practice system: ask the clinic for them.",
            quiet: true
        );
        paper.Heading("Visits of the last twelve months");
        if (facts.Visits.Count == 0)
        {
            paper.Text("None on record.");
        }
        else
        {
            paper.Table(
                [new("Date", 2), new("Visit", 4), new("Patient", 3)],
                facts.Visits.Select(v =>
                    (IReadOnlyList<string>)[DocumentFacts.Write(v.Day), v.Type, v.Patient]
                )
            );
        }
        return paper.ToBytes();
    }
}
