using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Clinic.Inbox.Csv;

/// <summary>A table for spreadsheets: RFC 4180, in UTF-8 with its mark, so that they read names right.</summary>
internal static class CsvFile
{
    /// <summary>
    /// Spreadsheets run a cell that begins with one of these as a formula or a command (OWASP, CSV injection): it gets an
    /// apostrophe before it.
    /// </summary>
    private static readonly char[] Dangerous = ['=', '+', '-', '@', '%', '|', '\t', '\r', '\n'];

    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = Dangerous,
        InjectionEscapeCharacter = '\'',
    };

    /// <param name="rows">The headings first.</param>
    public static byte[] Of(IEnumerable<string[]> rows)
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
            foreach (var row in rows)
            {
                foreach (var cell in row)
                {
                    csv.WriteField(cell);
                }
                csv.NextRecord();
            }
        }
        return stream.ToArray();
    }
}
