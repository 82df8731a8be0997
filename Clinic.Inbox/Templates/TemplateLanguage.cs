using System.Globalization;
using Fluid;
using Fluid.Values;

namespace Clinic.Inbox.Templates;

/// <summary>The part of Liquid that templates may use. Everything else is taken out of the parser itself.</summary>
internal static class TemplateLanguage
{
    /// <summary>Filters whose output grows at most with their input.</summary>
    public static readonly IReadOnlySet<string> Filters = new HashSet<string>(
        StringComparer.Ordinal
    )
    {
        "upcase",
        "downcase",
        "capitalize",
        "default",
        "strip",
    };

    private static readonly string[] Tags = ["if", "unless", "case"];

    /// <summary>A template without loops takes as many steps as it has tags; this is far more than fit.</summary>
    private const int MostSteps = 1_000;

    private static readonly TemplateOptions Options = MakeOptions();

    public static readonly FluidParser Parser = MakeParser();

    /// <summary>The values as objects of one level: <c>client.first_name</c> is <c>first_name</c> of <c>client</c>.</summary>
    public static TemplateContext Context(
        IReadOnlyList<TemplateVariable> variables,
        IReadOnlyDictionary<string, string> values
    )
    {
        var context = new TemplateContext(Options);
        foreach (var group in variables.GroupBy(v => v.Group, StringComparer.Ordinal))
        {
            var members = new Dictionary<string, FluidValue>(StringComparer.Ordinal);
            foreach (var variable in group)
            {
                var value = values.GetValueOrDefault(variable.Name) ?? "";
                // Empty is "not there", so that if and default do what people mean.
                members[variable.Name[(group.Key.Length + 1)..]] =
                    value.Length == 0
                        ? NilValue.Instance
                        : new StringValue(Clean(value), encode: false);
            }
            context.SetValue(
                group.Key,
                new DictionaryValue(new FluidValueDictionaryFluidIndexable(members))
            );
        }
        return context;
    }

    /// <summary>One line, without control characters: a name from elsewhere can't change the shape of a text.</summary>
    private static string Clean(string value) =>
        string.Join(
            ' ',
            string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

    private static FluidParser MakeParser()
    {
        var parser = new FluidParser(
            new FluidParserOptions
            {
                AllowFunctions = false,
                AllowLiquidTag = false,
                AllowParentheses = false,
            }
        );
        foreach (
            var tag in parser.RegisteredTags.Keys.Except(Tags, StringComparer.Ordinal).ToList()
        )
        {
            parser.RegisteredTags.Remove(tag);
        }
        return parser;
    }

    private static TemplateOptions MakeOptions() =>
        new()
        {
            MaxSteps = MostSteps,
            MaxRecursion = 20,
            StrictFilters = true,
            CultureInfo = CultureInfo.InvariantCulture,
        };
}
