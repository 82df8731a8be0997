using System.Globalization;
using System.Text;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Csv;
using Clinic.Inbox.Tests.ConsentPages;
using CsvHelper;

namespace Clinic.Inbox.Tests.Csv;

/// <summary>Cells that a spreadsheet would run. Both files that we write are made here: see the last test.</summary>
public sealed class CsvFileTests
{
    [Theory]
    [InlineData("=")]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("@")]
    [InlineData("%")]
    [InlineData("|")]
    [InlineData("\t")]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_cell_that_would_run_is_a_text(string beginning)
    {
        string[] hostile =
        [
            beginning,
            beginning + "cmd|' /C calc'!A0",
            beginning + "HYPERLINK(\"https://evil.example\",\"x\")",
            beginning + "1,2;3\r\nfour",
        ];

        var read = Read(
            CsvFile.Of([
                ["When", "Who", "What", "Detail"],
                hostile,
            ])
        );

        Assert.Equal(2, read.Count);
        Assert.Equal(hostile.Select(cell => "'" + cell), read[1]);
    }

    [Fact]
    public void What_is_harmless_stays_as_it_is()
    {
        string[] harmless = ["", "0.50", "Ana \"Bella\" Ruiz", "a=b", " ", "Zoë, 😀", "'", "\"="];

        Assert.Equal(harmless, Read(CsvFile.Of([harmless]))[0]);
    }

    [Fact]
    public void Nobody_writes_such_a_file_by_another_way()
    {
        var made = typeof(CsvWriter).FullName!;

        Assert.Equal([typeof(CsvFile).FullName!], CallersOf.Method(made, ".ctor"));
        Assert.Equal(
            [typeof(StatementFiles).FullName!, "Clinic.Inbox.Settings.AuditEndpoints"],
            CallersOf.Method(typeof(CsvFile).FullName!, nameof(CsvFile.Of))
        );
    }

    private static List<string[]> Read(byte[] file)
    {
        using var text = new StreamReader(new MemoryStream(file), Encoding.UTF8);
        using var parser = new CsvParser(text, CultureInfo.InvariantCulture);
        var rows = new List<string[]>();
        while (parser.Read())
        {
            rows.Add(parser.Record!);
        }
        return rows;
    }
}
