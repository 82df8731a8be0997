using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;

namespace Clinic.Inbox.Templates;

/// <summary>Walks through a parsed template and names what it may not use, each at its place.</summary>
internal sealed partial class TemplateCheck : AstVisitor
{
    private readonly TemplateKind _kind;
    private readonly string _source;
    private readonly HashSet<string> _known;
    private readonly List<TemplateProblem> _problems = [];

    private TemplateCheck(TemplateKind kind, string source)
    {
        _kind = kind;
        _source = source;
        _known = TemplateVariables.For(kind).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
    }

    public static IReadOnlyList<TemplateProblem> Of(
        TemplateKind kind,
        string source,
        IFluidTemplate template
    )
    {
        var check = new TemplateCheck(kind, source);
        check.VisitTemplate(template);
        return [.. check._problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];
    }

    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        var names = memberExpression
            .Segments.Select(s => (s as IdentifierSegment)?.Identifier)
            .ToArray();
        if (names.Contains(null))
        {
            Note(
                names[0] ?? "",
                "Only variables of the list can be used, written as they stand there."
            );
            return memberExpression;
        }
        var name = string.Join('.', names);
        if (!_known.Contains(name))
        {
            Note(name, Unknown(name));
        }
        return memberExpression;
    }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!TemplateLanguage.Filters.Contains(filterExpression.Name))
        {
            Note(
                filterExpression.Name,
                $"The filter '{filterExpression.Name}' can't be used. There are {string.Join(", ", TemplateLanguage.Filters)}."
            );
        }
        return base.VisitFilterExpression(filterExpression);
    }

    private string Unknown(string name)
    {
        if (TemplateVariables.All.Any(v => v.Name == name))
        {
            return $"'{name}' can't be used in the {TemplateInfo.Of(_kind).Title} text.";
        }
        var near = _known
            .Select(known => (known, distance: Distance(known, name)))
            .OrderBy(k => k.distance)
            .First();
        return near.distance <= 4
            ? $"There is no variable '{name}'. Did you mean {near.known}?"
            : $"There is no variable '{name}'. Choose one from the list.";
    }

    /// <summary>The parser keeps no places, so the name is looked for where tags are.</summary>
    private void Note(string name, string message)
    {
        var already = _problems.Count(p => p.Message == message);
        foreach (Match tag in Tags().Matches(_source))
        {
            for (
                var at = tag.Value.IndexOf(name, StringComparison.Ordinal);
                at >= 0;
                at = tag.Value.IndexOf(name, at + 1, StringComparison.Ordinal)
            )
            {
                if (IsWhole(tag.Value, at, name.Length) && already-- == 0)
                {
                    _problems.Add(TemplateText.At(_source, tag.Index + at, message));
                    return;
                }
            }
        }
        _problems.Add(new TemplateProblem(1, 1, message));
    }

    private static bool IsWhole(string tag, int at, int length) =>
        !IsName(tag[at - 1]) && (at + length >= tag.Length || !IsName(tag[at + length]));

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '-';

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }

    [GeneratedRegex(@"\{[\{%][^\}]*\}?", RegexOptions.NonBacktracking)]
    private static partial Regex Tags();
}
