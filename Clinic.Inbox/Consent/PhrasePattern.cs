using System.Collections.Frozen;

namespace Clinic.Inbox.Consent;

/// <summary>
/// A phrase to find among a clause's words: words and <c>|</c> alternatives, <c>@name</c> for a list, <c>?</c> after what
/// may be missing, <c>*</c> after what may come up to four times, <c>^</c> and <c>$</c> for the clause's ends. Greedy and
/// without going back, so its time is bounded by its own length.
/// </summary>
internal sealed class PhrasePattern
{
    private const int MostRepeats = 4;

    private readonly List<(FrozenSet<string> Words, int Least, int Most)> steps = [];
    private readonly bool fromStart;
    private readonly bool toEnd;

    public PhrasePattern(string pattern, IReadOnlyDictionary<string, string> lists)
    {
        foreach (var part in pattern.Split(' '))
        {
            switch (part)
            {
                case "^":
                    fromStart = true;
                    break;
                case "$":
                    toEnd = true;
                    break;
                default:
                    var words = part.TrimEnd('?', '*')
                        .Split('|')
                        .SelectMany(word => word[0] == '@' ? lists[word[1..]].Split(' ') : [word]);
                    var least = part[^1] is '?' or '*' ? 0 : 1;
                    steps.Add((words.ToFrozenSet(), least, part[^1] == '*' ? MostRepeats : 1));
                    break;
            }
        }
    }

    /// <summary>Words that the phrase can begin with.</summary>
    public IEnumerable<string> Starts
    {
        get
        {
            foreach (var (words, least, _) in steps)
            {
                foreach (var word in words)
                {
                    yield return word;
                }
                if (least > 0)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>The index after the phrase when it stands at <paramref name="start"/>, else -1.</summary>
    public int EndOfMatchAt(IReadOnlyList<string> clause, int start)
    {
        if (fromStart && start > 0)
        {
            return -1;
        }
        var at = start;
        foreach (var (words, least, most) in steps)
        {
            var times = 0;
            while (times < most && at < clause.Count && words.Contains(clause[at]))
            {
                times++;
                at++;
            }
            if (times < least)
            {
                return -1;
            }
        }
        return toEnd && at < clause.Count ? -1 : at;
    }
}
