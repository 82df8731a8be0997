namespace Clinic.Inbox.Search;

/// <summary>
/// What somebody searches: words that must all be found, each as the beginning of a word. Made of letters and digits only,
/// so that nothing that is typed is an operator to a database.
/// </summary>
public sealed class SearchWords
{
    /// <summary>Fewer digits would match almost every number.</summary>
    internal const int LeastDigits = 3;

    /// <summary>What is typed beyond this is not looked at.</summary>
    private const int LongestText = 100;
    private const int MostWords = 6;

    private readonly IReadOnlyList<string> _words;

    private SearchWords(IReadOnlyList<string> words) => _words = words;

    /// <summary>Nothing was typed: everything is wanted.</summary>
    public bool IsBlank { get; private init; }

    /// <summary>Something was typed, but no letter and no digit: nothing can be found.</summary>
    public bool IsEmpty => _words.Count == 0;

    /// <summary>False when one of them is no part of a number: none can be found by its number alone.</summary>
    internal bool MayBeNumber =>
        _words.All(word => word.Length >= LeastDigits && word.All(char.IsAsciiDigit));

    /// <summary>Reads what was typed, whatever it is.</summary>
    public static SearchWords Of(string? typed)
    {
        var text = typed?.Trim() ?? "";
        text = text.Length > LongestText ? text[..LongestText] : text;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length >= LeastDigits && !text.Any(char.IsLetter))
        {
            // "(415) 555-0134" is one thing, not three words.
            return new SearchWords([Cut(digits)]);
        }
        var words = SearchText
            .Fold(text)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .Take(MostWords);
        return new SearchWords([.. words]) { IsBlank = text.Length == 0 };
    }

    /// <summary>True when a folded text has them all.</summary>
    internal bool AreIn(string folded)
    {
        var words = folded.Split(' ');
        return _words.Count > 0
            && _words.All(wanted => Array.Exists(words, word => Finds(wanted, word)));
    }

    /// <summary>True when one of them begins this word of a text.</summary>
    internal bool AnyBegins(ReadOnlySpan<char> word)
    {
        var folded = SearchText.FoldWord(word);
        return folded.Length > 0 && _words.Any(wanted => Finds(wanted, folded));
    }

    /// <summary>True when one of them, as digits, stands in a number.</summary>
    internal bool AnyIsIn(string number)
    {
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        return _words.Any(wanted =>
            wanted.Length >= LeastDigits
            && wanted.All(char.IsAsciiDigit)
            && digits.Contains(wanted, StringComparison.Ordinal)
        );
    }

    /// <summary>As SQLite's FTS5 is asked (sqlite.org/fts5.html, 3): each word quoted, a star for its beginning.</summary>
    internal string ForSqlite() =>
        string.Join(' ', _words.Select(word => IsWhole(word) ? $"\"{word}\"" : $"\"{word}\" *"));

    /// <summary>As a <c>tsquery</c> of PostgreSQL.</summary>
    internal string ForPostgres() =>
        string.Join(" & ", _words.Select(word => IsWhole(word) ? $"'{word}'" : $"'{word}':*"));

    private static bool Finds(string wanted, string word) =>
        IsWhole(wanted) ? word == wanted : word.StartsWith(wanted, StringComparison.Ordinal);

    /// <summary>One or two digits are a number of their own; as a beginning they would find every date.</summary>
    private static bool IsWhole(string word) =>
        word.Length < LeastDigits && word.All(char.IsAsciiDigit);

    private static string Cut(string digits) =>
        digits.Length > SearchText.LongestWord ? digits[..SearchText.LongestWord] : digits;
}
