using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Fluid;

namespace Clinic.Inbox.Templates;

/// <summary>What is wrong with a template, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="Message">In plain words, with what to do.</param>
public sealed record TemplateProblem(int Line, int Column, string Message)
{
    /// <summary>Where in <paramref name="source"/> it is, UTF-16 units; its end when the place is behind it.</summary>
    public int OffsetIn(string source)
    {
        var start = 0;
        for (var line = 1; line < Line; line++)
        {
            var end = source.IndexOf('\n', start);
            if (end < 0)
            {
                return source.Length;
            }
            start = end + 1;
        }
        return Math.Min(source.Length, start + Column - 1);
    }
}

/// <summary>
/// A text with variables, in a small part of Liquid: <c>{{ variable | filter }}</c>, <c>if</c>, <c>unless</c>, <c>case</c>. No
/// loops, no assignments, no names but those of <see cref="TemplateVariables"/>; steps and output are bounded. What
/// <see cref="TryParse"/> let pass can be rendered with any values.
/// </summary>
public sealed partial class TemplateText
{
    /// <summary>Longest template, UTF-16 units.</summary>
    public const int LongestTemplate = 1_000;

    /// <summary>Conditions inside conditions; a text that needs more is read by nobody.</summary>
    public const int DeepestNesting = 5;

    /// <summary>Longest text that may come of it: what one SMS of the carrier surely takes.</summary>
    public const int LongestOutput = 1_000;

    private readonly IFluidTemplate _template;
    private readonly TemplateKind _kind;

    private TemplateText(TemplateKind kind, string source, IFluidTemplate template)
    {
        _kind = kind;
        Source = source;
        _template = template;
    }

    public string Source { get; }

    /// <summary>The product's own wording.</summary>
    public static TemplateText Default(TemplateKind kind) =>
        TryParse(kind, TemplateInfo.Of(kind).DefaultText, out var text, out var problems)
            ? text
            : throw new InvalidOperationException($"The default of {kind}: {problems[0].Message}");

    /// <summary>Reads a template; every problem that was found comes with its place.</summary>
    public static bool TryParse(
        TemplateKind kind,
        string source,
        [NotNullWhen(true)] out TemplateText? template,
        out IReadOnlyList<TemplateProblem> problems
    )
    {
        template = null;
        if (CheckShape(kind, source) is { Count: > 0 } shape)
        {
            problems = shape;
            return false;
        }
        if (!TemplateLanguage.Parser.TryParse(source, out var parsed, out var error))
        {
            problems = [FromParser(error)];
            return false;
        }
        var found = TemplateCheck.Of(kind, source, parsed);
        if (found.Count > 0)
        {
            problems = found;
            return false;
        }
        var candidate = new TemplateText(kind, source, parsed);
        if (candidate.Try() is { } tried)
        {
            problems = [tried];
            return false;
        }
        template = candidate;
        problems = [];
        return true;
    }

    /// <summary>
    /// The text for <paramref name="values"/>, which are written as they are and never read as template. Longer than
    /// <see cref="LongestOutput"/> it is cut, and its last sentence with it.
    /// </summary>
    public string Render(IReadOnlyDictionary<string, string> values)
    {
        var text = Evaluate(values, LongestOutput * 4);
        return text.Length <= LongestOutput ? text : Cut(text);
    }

    private TemplateProblem? Try()
    {
        try
        {
            var text = Evaluate(TemplateVariables.Examples(_kind), LongestOutput);
            return text.Length == 0
                ? new TemplateProblem(
                    1,
                    1,
                    "With the examples nothing would be sent. Write a text."
                )
                : null;
        }
        catch (OutputTooLongException)
        {
            return new TemplateProblem(
                1,
                1,
                $"It would become a text of more than {LongestOutput:N0} characters. Shorten it."
            );
        }
    }

    private string Evaluate(IReadOnlyDictionary<string, string> values, int most)
    {
        var context = TemplateLanguage.Context(TemplateVariables.For(_kind), values);
        using var writer = new BoundedWriter(most);
        // Nothing in it waits: there are no includes and every value is at hand.
        _template
            .RenderAsync(writer, NullEncoder.Default, context)
            .AsTask()
            .GetAwaiter()
            .GetResult();
        return writer.ToString().Trim();
    }

    private static string Cut(string text)
    {
        var end = text.LastIndexOfAny(['.', '!', '?'], LongestOutput - 1);
        end = end > LongestOutput / 2 ? end + 1 : LongestOutput - 1;
        return char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end];
    }

    private static List<TemplateProblem> CheckShape(TemplateKind kind, string source)
    {
        var problems = new List<TemplateProblem>();
        if (string.IsNullOrWhiteSpace(source))
        {
            problems.Add(new TemplateProblem(1, 1, "Write a text."));
            return problems;
        }
        if (source.Length > LongestTemplate)
        {
            problems.Add(
                At(
                    source,
                    LongestTemplate,
                    $"A template has at most {LongestTemplate:N0} characters; this one has {source.Length:N0}."
                )
            );
            return problems;
        }
        if (TooDeep(source) is { } deep)
        {
            // Not parsed at all: a parser that calls itself is not asked how deep it can go.
            problems.Add(
                At(
                    source,
                    deep,
                    $"At most {DeepestNesting} conditions can stand inside each other."
                )
            );
            return problems;
        }
        if (Markup().Match(source) is { Success: true } markup)
        {
            problems.Add(
                At(
                    source,
                    markup.Index,
                    "Texts are plain: a phone would show this markup as it stands. Remove it."
                )
            );
        }
        foreach (
            var needed in TemplateInfo
                .Of(kind)
                .MustContain.Where(n =>
                    !Squeezed(source).Contains(Squeezed(n), StringComparison.Ordinal)
                )
        )
        {
            problems.Add(
                At(
                    source,
                    source.Length,
                    $"It must contain {needed}: clients and carriers rely on it."
                )
            );
        }
        return problems;
    }

    /// <summary>Where a condition stands too deep inside others; null: nowhere.</summary>
    private static int? TooDeep(string source)
    {
        var depth = 0;
        foreach (Match tag in Conditions().Matches(source))
        {
            depth = tag.Groups["end"].Length > 0 ? Math.Max(0, depth - 1) : depth + 1;
            if (depth > DeepestNesting)
            {
                return tag.Groups["name"].Index;
            }
        }
        return null;
    }

    /// <summary>A problem at an offset of the source.</summary>
    internal static TemplateProblem At(string source, int offset, string message)
    {
        var before = source.AsSpan(0, offset);
        return new TemplateProblem(
            before.Count('\n') + 1,
            offset - before.LastIndexOf('\n'),
            message
        );
    }

    private static TemplateProblem FromParser(string error)
    {
        var place = Place().Match(error);
        var said = error.Split('\n')[0];
        var message = place.Success
            ? said[..said.IndexOf(" at (", StringComparison.Ordinal)] + "."
            : said;
        message = message
            .Replace(
                "End of tag '}}' was expected.",
                "This variable is not closed: write }} after its name.",
                StringComparison.Ordinal
            )
            .Replace(
                "End of tag '%}' was expected.",
                "This tag is not closed: write %} at its end.",
                StringComparison.Ordinal
            );
        if (!place.Success)
        {
            return new TemplateProblem(1, 1, message);
        }
        var column = int.Parse(place.Groups["column"].ValueSpan);
        if (UnknownTag().Match(message) is { Success: true } unknown)
        {
            // The parser stands behind the name then.
            column -= unknown.Groups["name"].Length;
            message += " A template knows if, unless and case.";
        }
        return new TemplateProblem(
            int.Parse(place.Groups["line"].ValueSpan),
            Math.Max(1, column),
            message
        );
    }

    private static string Squeezed(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(
        @"\{%-?\s*(?<end>end)?(?<name>if|unless|case)\b",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Conditions();

    [GeneratedRegex(
        @"^Unknown tag '(?<name>\w+)'",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex UnknownTag();

    [GeneratedRegex(
        @"\((?<line>\d+):(?<column>\d+)\)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Place();

    [GeneratedRegex(
        @"</?(script|style|iframe|img|svg|a|b|i|u|p|br|div|span|html|body|object|embed|form|input)\b|javascript:",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Markup();
}
