using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.Tests.Templates;

/// <summary>The guide, the editor and the renderer know the same variables.</summary>
public sealed class VariableTableTests
{
    [Fact]
    public void The_guide_lists_every_variable_as_the_editor_does()
    {
        var guide = File.ReadAllText(
            Path.Combine(ContentRoot.Find(), "docs", "guide", "sms-defaults.md")
        );

        Assert.True(
            guide.Contains(Table(), StringComparison.Ordinal),
            $"The guide's table must be:\n{Table()}"
        );
    }

    [Fact]
    public void The_guide_shows_every_text_by_its_title()
    {
        var guide = File.ReadAllText(
            Path.Combine(ContentRoot.Find(), "docs", "guide", "sms-defaults.md")
        );

        Assert.All(
            TemplateInfo.All,
            info => Assert.Contains($"**{info.Title}**", guide, StringComparison.Ordinal)
        );
    }

    /// <summary>What must stand in the guide, line by line; a failing test prints it.</summary>
    private static string Table() =>
        string.Join(
            '\n',
            TemplateVariables
                .All.Select(v =>
                    $"| `{{{{ {v.Name} }}}}` | {v.Meaning} | {(v.Example.Length > 0 ? v.Example : "*empty*")} | {Where(v)} |"
                )
                .Prepend("|---|---|---|---|")
                .Prepend("| variable | what it is | example | texts |")
        );

    private static string Where(TemplateVariable variable)
    {
        var kinds = TemplateInfo
            .All.Where(info => TemplateVariables.For(info.Kind).Contains(variable))
            .Select(info => info.Title)
            .ToList();
        return kinds.Count == TemplateInfo.All.Count ? "all" : string.Join(", ", kinds);
    }
}
