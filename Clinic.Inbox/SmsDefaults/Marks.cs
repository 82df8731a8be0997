using Clinic.Inbox.Templates;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>A stretch of a text that a problem points at.</summary>
/// <param name="Start">UTF-16 units from the beginning.</param>
/// <param name="Length">0 when it points behind the last character.</param>
public readonly record struct Mark(int Start, int Length);

/// <summary>Which stretch a problem's line and column mean: the word that stands there.</summary>
internal static class Marks
{
    public static Mark Of(string text, TemplateProblem problem)
    {
        var start = problem.OffsetIn(text);
        var end = start;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }
        if (end == start && end < text.Length && text[end] != '\n')
        {
            end++;
        }
        return new Mark(start, end - start);
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '-';
}
