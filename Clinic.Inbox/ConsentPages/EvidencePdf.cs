using System.Globalization;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Pdf;

namespace Clinic.Inbox.ConsentPages;

/// <summary>The evidence as a paper that a person reads.</summary>
public static class EvidencePdf
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <param name="region">ISO 3166: how numbers are written, and which paper.</param>
    public static byte[] Write(Evidence evidence, string region)
    {
        using var paper = new PdfPaper(
            $"Consent to texts: {evidence.Client}",
            evidence.Clinic,
            $"{evidence.Clinic} · consent to texts of {evidence.Client} · made {When(evidence.MadeAt)} by {evidence.MadeBy}",
            region
        );
        paper.Title("Consent to texts");
        paper.Facts([
            ("Client", evidence.Client),
            ("Numbers", Join(evidence.Numbers.Select(n => Display(n, region)))),
            ("Clinic", evidence.Clinic),
            ("Made", $"{When(evidence.MadeAt)} by {evidence.MadeBy}"),
            ("Times", $"{evidence.TimeZone}, each with its offset from UTC"),
        ]);
        Consents(paper, evidence);
        OptOuts(paper, evidence, region);
        Texts(paper, evidence, region);
        paper.Text(
            "Entries are added as things happen; none is changed or removed. A character that this paper's font cannot draw is written as its number in Unicode, in brackets; the JSON file holds every text exactly.",
            quiet: true
        );
        return paper.ToBytes();
    }

    private static void Consents(PdfPaper paper, Evidence evidence)
    {
        paper.Heading($"What was agreed to and withdrawn ({evidence.Consents.Count:N0})");
        if (evidence.Consents.Count == 0)
        {
            paper.Text("Nothing is on record.");
        }
        foreach (var consent in evidence.Consents)
        {
            var granted = consent.Action == ConsentAction.Granted;
            paper.Text(
                $"{When(consent.At)}: {ConsentTerms.Name(consent.Category)}, {(granted ? $"consent given {ConsentGate.Name(consent.Method)}" : "consent withdrawn")}, {(granted ? "taken" : "noted")} by {consent.By}",
                bold: true
            );
            paper.Text(
                $"Written down {When(consent.RecordedAt)}. Entry {consent.Id}.",
                quiet: true
            );
            paper.Quote(consent.Terms);
        }
    }

    private static void OptOuts(PdfPaper paper, Evidence evidence, string region)
    {
        paper.Heading($"Opting out and back in ({evidence.OptOuts.Count:N0})");
        if (evidence.OptOuts.Count == 0)
        {
            paper.Text("None of the numbers ever opted out.");
            return;
        }
        paper.Table(
            [
                new PdfColumn("When", 2.2),
                new PdfColumn("Number", 1.5),
                new PdfColumn("What"),
                new PdfColumn("How", 1.4),
                new PdfColumn("Words", 3),
            ],
            evidence.OptOuts.Select(o =>
                (string[])
                    [
                        When(o.At),
                        Display(o.Number, region),
                        o.OptedOut ? "Out" : "In",
                        o.Source switch
                        {
                            OptOutSource.Keyword => "By text",
                            OptOutSource.Staff => $"Noted by {o.By}",
                            _ => "Told by the carrier",
                        },
                        o.Words ?? "",
                    ]
            )
        );
    }

    private static void Texts(PdfPaper paper, Evidence evidence, string region)
    {
        paper.Heading($"Texts ({evidence.Texts.Count:N0})");
        if (evidence.Texts.Count == 0)
        {
            paper.Text("No text was ever written to this client.");
            return;
        }
        paper.Table(
            [
                new PdfColumn("When", 2),
                new PdfColumn("To", 1.5),
                new PdfColumn("Kind, state", 1.5),
                new PdfColumn("Why it may leave", 2.4),
                new PdfColumn("Text", 4),
            ],
            evidence.Texts.Select(t =>
                (string[])
                    [
                        When(t.AttemptedAt ?? t.QueuedAt),
                        Display(t.Number, region),
                        $"{Words(t.Kind)}, {Words(t.Purpose)}\n{t.State}{(t.Error is null ? "" : $": {t.Error}")}",
                        t.ConsentId is null ? t.Basis : $"{t.Basis}\nEntry {t.ConsentId}",
                        t.Text,
                    ]
            )
        );
    }

    private static string Words(MessageKind kind) =>
        kind switch
        {
            MessageKind.AutoResponse => "Auto-response",
            MessageKind.System => "System text",
            _ => kind.ToString(),
        };

    private static string Words(Purpose purpose) =>
        purpose switch
        {
            Purpose.KeywordReply => "answer to a keyword",
            Purpose.OptInRequest => "opt-in request",
            _ => purpose.ToString().ToLowerInvariant(),
        };

    /// <summary>"Nov 3, 2026, 3:41:07 PM −05:00".</summary>
    private static string When(DateTimeOffset at) =>
        at.ToString("MMM d, yyyy, h:mm:ss tt ", English)
        + (at.Offset < TimeSpan.Zero ? "−" : "+")
        + at.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture);

    private static string Display(string number, string region) =>
        PhoneNumber.FromStored(number).Display(region);

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);
}
