using Clinic.Inbox.Templates;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>
/// Which stretch of a text a problem's line and column mean: the word that stands there. Its length is 0 when the problem
/// points behind a line's last character.
/// </summary>
internal static class Marks
{
    public static (int Start, int Length) Of(string text, TemplateProblem problem)
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
        return (start, end - start);
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '-';
}
