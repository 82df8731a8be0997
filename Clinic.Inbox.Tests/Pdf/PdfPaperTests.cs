using Clinic.Inbox.Pdf;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Pdf;

public sealed class PdfPaperTests
{
    [Fact]
    public void What_is_written_can_be_read_and_its_font_is_ours()
    {
        var bytes = Paper(paper =>
        {
            paper.Title("Statement for March");
            paper.Text("Müller & Søn, Łódź, Ελλάδα, Привет, “quoted” – 1½ €");
            paper.Facts([("Number", "(415) 555-0134")]);
        });

        var text = PdfReading.Text(bytes);
        Assert.Contains("Statement for March", text, StringComparison.Ordinal);
        Assert.Contains(
            "Müller & Søn, Łódź, Ελλάδα, Привет, “quoted” – 1½ €",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("(415) 555-0134", text, StringComparison.Ordinal);
        Assert.Contains("Page 1 of 1", text, StringComparison.Ordinal);
        Assert.All(
            PdfReading.Fonts(bytes),
            font => Assert.Contains("Inter", font, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_the_font_cannot_draw_is_written_as_its_number()
    {
        var text = PdfReading.Text(Paper(paper => paper.Text("Thanks 🐶🐾! 犬")));

        Assert.Contains("Thanks [1F436 1F43E]! [72AC]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_table_goes_on_on_the_next_page_under_its_head()
    {
        var bytes = Paper(paper =>
            paper.Table(
                [new PdfColumn("When", 2), new PdfColumn("Amount", Right: true)],
                Enumerable.Range(1, 200).Select(i => (string[])[$"Row {i}.", $"{i}.00"]),
                ["In all", "20,100.00"]
            )
        );

        var pages = PdfReading.Pages(bytes);
        Assert.True(pages.Count > 2);
        Assert.All(pages, page => Assert.Contains("When", page, StringComparison.Ordinal));
        Assert.Contains("20,100.00", pages[^1], StringComparison.Ordinal);
        var whole = string.Join(' ', pages);
        Assert.All(
            Enumerable.Range(1, 200),
            i => Assert.Contains($"Row {i}.", whole, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_row_that_is_higher_than_a_page_loses_nothing()
    {
        var words = Enumerable.Range(1, 3_000).Select(i => $"w{i}x").ToList();

        var text = PdfReading.Text(
            Paper(paper =>
                paper.Table(
                    [new PdfColumn("Name"), new PdfColumn("Words")],
                    [
                        [new string('m', 400), string.Join(' ', words)],
                    ]
                )
            )
        );

        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.Equal(400 + Heads(text), text.Count(c => c == 'm'));
    }

    [Fact]
    public void Many_can_be_written_at_once()
    {
        var papers = new byte[16][];

        Parallel.For(0, papers.Length, i => papers[i] = Paper(p => p.Text($"Paper number {i}")));

        for (var i = 0; i < papers.Length; i++)
        {
            Assert.Contains(
                $"Paper number {i}",
                PdfReading.Text(papers[i]),
                StringComparison.Ordinal
            );
        }
    }

    private static int Heads(string text) => text.Split("Name").Length - 1;

    private static byte[] Paper(Action<PdfPaper> write)
    {
        using var paper = new PdfPaper("A paper", "Test Vets", "Test Vets");
        write(paper);
        return paper.ToBytes();
    }
}
