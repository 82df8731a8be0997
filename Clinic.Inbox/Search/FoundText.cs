namespace Clinic.Inbox.Search;

/// <summary>A piece of a text that was found.</summary>
/// <param name="Marked">It is one of the words that were searched.</param>
public readonly record struct FoundPart(string Text, bool Marked);

/// <summary>
/// The part of a text around what was found, in pieces: a page writes them as text, never as markup, so that what a
/// client wrote stays what it is.
/// </summary>
public sealed record FoundText(IReadOnlyList<FoundPart> Parts)
{
    /// <summary>Longest excerpt, in UTF-16 units, without its dots.</summary>
    private const int Longest = 120;

    /// <summary>How much is shown before the first word that was found.</summary>
    private const int Before = 24;

    /// <summary>True when a word was found in it.</summary>
    public bool HasMark => Parts.Any(part => part.Marked);

    /// <summary>Marks the words in a text and cuts it to one line around the first.</summary>
    public static FoundText Of(string text, SearchWords words)
    {
        var line = string.Join(
            ' ',
            text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        var marks = SearchText
            .Tokens(line)
            .Where(token => words.AnyBegins(line.AsSpan(token.Start, token.Length)))
            .ToList();
        var from = marks.Count == 0 ? 0 : StartBefore(line, marks[0].Start);
        var to = from + Longest >= line.Length ? line.Length : EndBefore(line, from + Longest);
        var parts = new List<FoundPart>();
        Add(from > 0 ? "…" : "", marked: false);
        var at = from;
        foreach (var (start, length) in marks.Where(mark => mark.Start < to))
        {
            var end = Math.Min(start + length, to);
            Add(line[at..start], marked: false);
            Add(line[start..end], marked: true);
            at = end;
        }
        Add(line[at..to] + (to < line.Length ? "…" : ""), marked: false);
        return new FoundText(parts);

        void Add(string part, bool marked)
        {
            if (part.Length > 0)
            {
                parts.Add(new FoundPart(part, marked));
            }
        }
    }

    /// <summary>All of it, marked: a number of which some digits were searched.</summary>
    internal static FoundText Whole(string text) => new([new FoundPart(text, Marked: true)]);

    /// <summary>The beginning of a word some way before <paramref name="mark"/>.</summary>
    private static int StartBefore(string line, int mark)
    {
        if (mark <= Before)
        {
            return 0;
        }
        var space = line.IndexOf(' ', mark - Before, Before);
        return space >= 0 ? space + 1 : mark;
    }

    private static int EndBefore(string line, int end) =>
        char.IsHighSurrogate(line[end - 1]) ? end - 1 : end;
}
