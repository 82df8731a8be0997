using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime.Text;

namespace Clinic.Inbox.Demo;

/// <summary>One conversation of <c>conversations.txt</c>.</summary>
/// <param name="Who">A client's name, or a number's digits.</param>
internal sealed record DemoScene(
    string Who,
    bool Unread,
    bool Closed,
    IReadOnlyList<DemoLine> Lines
);

/// <summary>One text of a scene, its time already reckoned.</summary>
/// <param name="Speaker"><c>&lt;</c> the client, <c>&gt;</c> with an initial: who at the desk, <c>R&gt;</c> a reminder, <c>S&gt;</c> the system.</param>
/// <param name="Marks">What stands in braces at its end: <c>photo NAME</c>, <c>pdf NAME</c>, <c>failed CODE</c>, <c>unconfirmed</c>, <c>sent</c>.</param>
internal sealed record DemoLine(
    DateTimeOffset At,
    string Speaker,
    string Text,
    IReadOnlyList<string> Marks
)
{
    public string? Mark(string name) =>
        Marks.FirstOrDefault(mark => mark.Split(' ')[0] == name) is { } found
            ? found[Math.Min(found.Length, name.Length + 1)..]
            : null;
}

/// <summary>Reads <c>conversations.txt</c>, whose head explains how it is written.</summary>
internal static partial class DemoScript
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture(
        "HH:mm"
    );

    public static IReadOnlyList<DemoScene> Read(DemoTime time)
    {
        var scenes = new List<DemoScene>();
        var lines = new List<DemoLine>();
        foreach (var line in DemoData.Lines("conversations.txt"))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                var head = line[3..].Split('|', StringSplitOptions.TrimEntries);
                lines = [];
                scenes.Add(
                    new DemoScene(head[0], head.Contains("unread"), head.Contains("closed"), lines)
                );
            }
            else
            {
                lines.Add(ReadLine(line, lines.Count == 0 ? null : lines[^1].At, time));
            }
        }
        return scenes;
    }

    private static DemoLine ReadLine(string line, DateTimeOffset? before, DemoTime time)
    {
        var match = Shape().Match(line);
        if (!match.Success)
        {
            throw new FormatException($"conversations.txt: cannot read '{line}'.");
        }
        var number = int.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture);
        var at = match.Groups["how"].Value switch
        {
            "@" => time.Now.AddMinutes(-number),
            "~" => time.OpenMinutesAgo(number),
            "+" => before!.Value.AddMinutes(number),
            _ => time.On(-number, Clock.Parse(match.Groups["clock"].Value).Value),
        };
        // The order is the script's: at some hours of the day two ways of reckoning cross.
        at = before is { } last && at <= last ? last.AddSeconds(20) : at;
        return new DemoLine(
            at < time.Now ? at : time.Now,
            match.Groups["who"].Value,
            time.Words(match.Groups["text"].Value.Trim()),
            [.. match.Groups["mark"].Captures.Select(mark => mark.Value)]
        );
    }

    [GeneratedRegex(
        @"^(?<how>[@~+-])(?<n>\d+)( (?<clock>\d\d:\d\d))? (?<who><|>[PA]?|R>|S>) (?<text>.*?)(\s*\{(?<mark>(photo|pdf|failed|unconfirmed|sent)[^}]*)\})*$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Shape();
}
