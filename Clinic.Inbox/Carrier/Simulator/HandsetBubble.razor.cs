using System.Text.RegularExpressions;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>One text as a phone shows it.</summary>
public sealed partial class HandsetBubble
{
    /// <summary>A phone makes an address in a text a link.</summary>
    private static IEnumerable<(string Part, bool IsLink)> Parts(string text)
    {
        var at = 0;
        foreach (Match link in Address().Matches(text))
        {
            yield return (text[at..link.Index], false);
            at = link.Index + link.Length;
            yield return (text[link.Index..at], true);
        }
        yield return (text[at..], false);
    }

    [GeneratedRegex(@"https?://\S+[^\s.,;:!?)]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
