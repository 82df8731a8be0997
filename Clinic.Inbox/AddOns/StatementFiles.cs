using System.Globalization;
using Clinic.Inbox.Csv;

namespace Clinic.Inbox.AddOns;

/// <summary>A statement as a file.</summary>
public sealed partial class StatementFiles
{
    public byte[] Csv(UsageReport report) => CsvFile.Of(Rows(report));

    private static IEnumerable<string[]> Rows(UsageReport report)
    {
        yield return
        [
            "Clinic",
            "Month",
            "Direction",
            "Kind",
            "Messages",
            "Segments",
            $"Fee ({AddOnPrices.Currency})",
            "Carrier cost",
            "Carrier currency",
        ];
        foreach (var line in report.Lines)
        {
            yield return
            [
                report.Clinic,
                report.Month,
                UsageWords.Of(line.Direction),
                UsageWords.Of(line.Kind),
                Plain(line.Messages),
                Plain(line.Segments),
                Plain(line.Fee),
                line.Cost is { } cost ? Plain(cost) : "",
                line.CostCurrency ?? "",
            ];
        }
        if (report.TwoWayFee > 0)
        {
            yield return
            [
                report.Clinic,
                report.Month,
                "",
                "SMS Messaging (Two-Way), flat",
                "",
                "",
                Plain(report.TwoWayFee),
                "",
                "",
            ];
        }
        var only = report.Costs is [var one] ? one : null;
        yield return
        [
            report.Clinic,
            report.Month,
            "",
            "Total",
            Plain(report.Messages),
            Plain(report.Segments),
            Plain(report.Fee),
            only is null ? "" : Plain(only.Amount),
            only?.Currency ?? "",
        ];
    }

    private static string Plain(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Plain(decimal amount) =>
        amount.ToString("0.00##", CultureInfo.InvariantCulture);
}
