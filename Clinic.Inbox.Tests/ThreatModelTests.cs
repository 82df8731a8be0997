using System.Globalization;
using System.Text.RegularExpressions;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests;

/// <summary>
/// docs/threat-model.md names tests that exist, leaves no requirement out, and says of none that it is met without where.
/// </summary>
public sealed partial class ThreatModelTests
{
    /// <summary>
    /// How many requirements each section of OWASP ASVS 5.0.0 has of levels 1 and 2, by their numbers (github.com/OWASP/ASVS,
    /// 5.0/docs_en, column L). A chapter that is named as a whole counts as named.
    /// </summary>
    private static readonly string[] Required =
    [
        "1.1 1-2",
        "1.2 1-9",
        "1.3 1-11",
        "1.4 1-3",
        "1.5 1-2",
        "2.1 1-3",
        "2.2 1-3",
        "2.3 1-4",
        "2.4 1",
        "3.2 1-2",
        "3.3 1-4",
        "3.4 1-6",
        "3.5 1-5",
        "3.7 1-2",
        "4.1 1-3",
        "4.2 1",
        "4.3 1-2",
        "4.4 1-4",
        "5.1 1",
        "5.2 1-3",
        "5.3 1-2",
        "5.4 1-3",
        "6.1 1-3",
        "6.2 1-12",
        "6.3 1-4",
        "6.4 1-4",
        "6.5 1-5",
        "6.6 1-3",
        "6.8 1-4",
        "7.1 1-3",
        "7.2 1-4",
        "7.3 1-2",
        "7.4 1-5",
        "7.5 1-2",
        "7.6 1-2",
        "8.1 1-2",
        "8.2 1-3",
        "8.3 1",
        "8.4 1",
        "9.1 1-3",
        "9.2 1-4",
        "10",
        "11.1 1-2",
        "11.2 1-3",
        "11.3 1-3",
        "11.4 1-4",
        "11.5 1",
        "11.6 1",
        "12.1 1-3",
        "12.2 1-2",
        "12.3 1-4",
        "13.1 1",
        "13.2 1-5",
        "13.3 1-2",
        "13.4 1-5",
        "14.1 1-2",
        "14.2 1-4",
        "14.3 1-3",
        "15.1 1-3",
        "15.2 1-3",
        "15.3 1-7",
        "16.1 1",
        "16.2 1-5",
        "16.3 1-4",
        "16.4 1-3",
        "16.5 1-3",
        "17",
    ];

    private static readonly string Text = File.ReadAllText(
        Path.Combine(ContentRoot.Find(), "docs", "threat-model.md")
    );

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var tests = typeof(ThreatModelTests)
            .Assembly.GetTypes()
            .Select(type => type.Name)
            .ToHashSet(StringComparer.Ordinal);

        var named = TestName().Matches(Text).Select(match => match.Groups["name"].Value).Distinct();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Every_requirement_of_levels_1_and_2_is_answered_once()
    {
        var answered = Text.Split('\n')
            .Where(line => Row().IsMatch(line))
            .SelectMany(line => line.Split('|')[1].Split(',', StringSplitOptions.TrimEntries))
            .ToList();

        Assert.Equal(
            Required.SelectMany(Numbers).Order(StringComparer.Ordinal),
            answered.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_threat_has_its_test()
    {
        var threats = Text.Split("\n## ")
            .Single(section => section.StartsWith("Threats", StringComparison.Ordinal))
            .Split('\n')
            .Where(line => line.StartsWith('|'))
            // The headings, and the line below them.
            .Skip(2)
            .ToList();

        Assert.True(threats.Count > 10, "Threats were found.");
        Assert.DoesNotContain(threats, line => !TestName().IsMatch(Cells(line)[3]));
    }

    [Fact]
    public void Whatever_is_met_names_its_test_or_where_it_is_written()
    {
        var met = Text.Split('\n')
            .Where(line => Row().IsMatch(line))
            .Select(Cells)
            .Where(cells => cells[2].StartsWith("met", StringComparison.Ordinal))
            .ToList();

        Assert.True(met.Count > 50, "Requirements that are met were found.");
        Assert.Empty(
            met.Where(cells => !TestName().IsMatch(cells[3]) && !IsWritten(cells[2]))
                .Select(cells => cells[1])
        );
    }

    private static string[] Cells(string line) => line.Split('|', StringSplitOptions.TrimEntries);

    /// <summary>Whether it names a heading that is there: of the document that it links, else of this one.</summary>
    private static bool IsWritten(string how)
    {
        var named = Heading().Match(how);
        if (!named.Success)
        {
            return false;
        }
        var text = named.Groups["file"] is { Success: true } file
            ? File.ReadAllText(Path.Combine(ContentRoot.Find(), "docs", file.Value))
            : Text;
        var heading = named.Groups["heading"].Value;
        return text.Split('\n')
            .Any(line =>
                (line.StartsWith('#') && line.Trim('#', ' ') == heading)
                // One that begins its paragraph.
                || line.StartsWith($"**{heading}.", StringComparison.Ordinal)
            );
    }

    private static IEnumerable<string> Numbers(string section)
    {
        if (section.Split(' ') is not [var name, var range])
        {
            return [section];
        }
        var ends = range.Split('-').Select(n => int.Parse(n, CultureInfo.InvariantCulture));
        var first = ends.First();
        return Enumerable.Range(first, ends.Last() - first + 1).Select(n => $"{name}.{n}");
    }

    [GeneratedRegex(
        "`(?<name>[A-Za-z]+Tests)`",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex TestName();

    [GeneratedRegex(
        @"(\]\((?<file>[a-z-]+\.md)\), )?\*(?<heading>[^*]+)\*",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Heading();

    [GeneratedRegex(
        @"^\| \d+(\.\d+\.\d+)?[ ,]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();
}
