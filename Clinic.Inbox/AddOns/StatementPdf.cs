using System.Globalization;
using Clinic.Inbox.Pdf;
using NodaTime;

namespace Clinic.Inbox.AddOns;

/// <summary>The statement as a paper.</summary>
public sealed partial class StatementFiles
{
    private static readonly PdfColumn[] Columns =
    [
        new("Kind", 2.6),
        new("Direction"),
        new("Messages", 1, Right: true),
        new("Segments", 1, Right: true),
        new("Fee", 1, Right: true),
        new("Carrier cost", 1.4, Right: true),
    ];

    public byte[] Pdf(UsageReport report)
    {
        var title = $"Statement {report.MonthName}";
        using var paper = new PdfPaper(title, report.Clinic, $"{report.Clinic} · {title}");
        paper.Title(title);
        paper.Text(report.Clinic, bold: true);
        paper.Facts([
            ("From", Day(report.From, report)),
            ("Until", Day(report.To.AddTicks(-1), report)),
            ("Time zone", report.TimeZone),
            ("Closed", report.ClosedAt is { } at ? Full(at, report) : "Not yet"),
        ]);
        paper.Heading("Fee");
        paper.Facts([("Total", UsageWords.Fee(report.Fee) + " " + AddOnPrices.Currency)]);
        foreach (var part in UsageWords.FeeParts(report))
        {
            paper.Text(part + ".");
        }
        paper.Heading("Messages by kind");
        paper.Table(
            Columns,
            report.Lines.Select(line =>
                (IReadOnlyList<string>)
                    [
                        UsageWords.Of(line.Kind),
                        UsageWords.Of(line.Direction),
                        UsageWords.Count(line.Messages),
                        UsageWords.Count(line.Segments),
                        UsageWords.Fee(line.Fee),
                        UsageWords.Cost(line.Cost, line.CostCurrency),
                    ]
            ),
            [
                "Total",
                "",
                UsageWords.Count(report.Messages),
                UsageWords.Count(report.Segments),
                UsageWords.Fee(report.Fee),
                UsageWords.Cost(report),
            ]
        );
        if (report.TwoWayFee > 0)
        {
            paper.Text(
                $"The total of the fee holds the flat {UsageWords.Fee(report.TwoWayFee)} of SMS Messaging (Two-Way).",
                quiet: true
            );
        }
        paper.Text(
            "The carrier bills its own cost; it is not part of the fee. It stands here as the carrier had reported it when the month was closed.",
            quiet: true
        );
        return paper.ToBytes();
    }

    private static string Day(DateTimeOffset at, UsageReport report) =>
        Write(at, report, "MMMM d, yyyy");

    private static string Full(DateTimeOffset at, UsageReport report) =>
        Write(at, report, "MMMM d, yyyy, h:mm tt");

    private static string Write(DateTimeOffset at, UsageReport report, string format) =>
        Instant
            .FromDateTimeOffset(at)
            .InZone(DateTimeZoneProviders.Tzdb[report.TimeZone])
            .ToDateTimeUnspecified()
            .ToString(format, CultureInfo.GetCultureInfo("en-US"));
}
