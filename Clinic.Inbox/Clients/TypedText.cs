using System.Net.Mail;
using System.Text;

namespace Clinic.Inbox.Clients;

/// <summary>
/// Reads what people type into fields and notes what is wrong with it. Control characters and broken surrogates never
/// get through: PostgreSQL takes neither, and no name has any.
/// </summary>
internal sealed class TypedText
{
    private readonly List<FieldProblem> _problems = [];

    public IReadOnlyList<FieldProblem> Problems => _problems;

    public void Add(string field, string problem) =>
        _problems.Add(new FieldProblem(field, problem));

    /// <summary>One line, its white space tidied.</summary>
    /// <param name="what">The field in a sentence: "A first name".</param>
    /// <param name="limit">Most UTF-16 units.</param>
    public string? Line(string? text, string field, string what, int limit) =>
        text is null
            ? null
            : Bounded(
                string.Join(
                    ' ',
                    Clean(text, keepLines: false)
                        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                ),
                field,
                what,
                limit
            );

    /// <summary>Several lines.</summary>
    /// <inheritdoc cref="Line"/>
    public string? Lines(string? text, string field, string what, int limit) =>
        text is null
            ? null
            : Bounded(
                Clean(text.ReplaceLineEndings("\n"), keepLines: true).Trim(),
                field,
                what,
                limit
            );

    public string? Email(string? text, string field)
    {
        var email = Line(text, field, "An email address", 254);
        if (
            email is { Length: > 0 and <= 254 }
            && (
                !MailAddress.TryCreate(email, out var address)
                || address.Address != email
                || !address.Host.Contains('.', StringComparison.Ordinal)
            )
        )
        {
            Add(field, "That is not an email address. Enter one like ana@example.com.");
        }
        return email;
    }

    /// <summary>Refuses a number that names no member.</summary>
    public T? Choice<T>(T? choice, string field)
        where T : struct, Enum
    {
        if (choice is { } chosen && !Enum.IsDefined(chosen))
        {
            Add(field, "Choose one of the list.");
        }
        return choice;
    }

    private string Bounded(string text, string field, string what, int limit)
    {
        if (text.Length > limit)
        {
            Add(field, $"{what} has at most {limit:N0} characters; this has {text.Length:N0}.");
        }
        return text;
    }

    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate comes as U+FFFD already.
            var kept = keepLines && rune.Value is '\n' or '\t';
            clean.Append(Rune.IsControl(rune) && !kept ? " " : rune.ToString());
        }
        return clean.ToString();
    }
}
