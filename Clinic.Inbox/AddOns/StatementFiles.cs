using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Clinic.Inbox.AddOns;

/// <summary>A statement as a file.</summary>
public sealed partial class StatementFiles
{
    /// <summary>
    /// Spreadsheets run a cell that begins with one of these as a formula (OWASP, CSV injection): it gets an apostrophe before
    /// it.
    /// </summary>
    private static readonly char[] Dangerous = ['=', '+', '-', '@', '\t', '\r'];

    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = Dangerous,
        InjectionEscapeCharacter = '\'',
    };

    /// <summary>RFC 4180, UTF-8 with its mark, so that spreadsheets read names right.</summary>
    public byte[] Csv(UsageReport report)
    {
        using var stream = new MemoryStream();
        using (
            var text = new StreamWriter(
                stream,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
            )
        )
        using (var csv = new CsvWriter(text, Format))
        {
            Row(
                csv,
                "Clinic",
                "Month",
                "Direction",
                "Kind",
                "Messages",
                "Segments",
                $"Fee ({AddOnPrices.Currency})",
                "Carrier cost",
                "Carrier currency"
            );
            foreach (var line in report.Lines)
            {
                Row(
                    csv,
                    report.Clinic,
                    report.Month,
                    UsageWords.Of(line.Direction),
                    UsageWords.Of(line.Kind),
                    Plain(line.Messages),
                    Plain(line.Segments),
                    Plain(line.Fee),
                    line.Cost is { } cost ? Plain(cost) : "",
                    line.CostCurrency ?? ""
                );
            }
            if (report.TwoWayFee > 0)
            {
                Row(
                    csv,
                    report.Clinic,
                    report.Month,
                    "",
                    "SMS Messaging (Two-Way), flat",
                    "",
                    "",
                    Plain(report.TwoWayFee),
                    "",
                    ""
                );
            }
            var only = report.Costs is [var one] ? one : null;
            Row(
                csv,
                report.Clinic,
                report.Month,
                "",
                "Total",
                Plain(report.Messages),
                Plain(report.Segments),
                Plain(report.Fee),
                only is null ? "" : Plain(only.Amount),
                only?.Currency ?? ""
            );
        }
        return stream.ToArray();
    }

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(cell);
        }
        csv.NextRecord();
    }

    private static string Plain(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Plain(decimal amount) =>
        amount.ToString("0.00##", CultureInfo.InvariantCulture);
}
