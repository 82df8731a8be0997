using System.Globalization;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Documents;

/// <summary>Reads what a stranger sent for the questions of a form, and says at which question it can't be taken.</summary>
internal static class FormCheck
{
    public const string Yes = "Yes";
    public const string No = "No";

    /// <param name="given">What was sent for a question's key; empty when nothing was.</param>
    /// <returns>An answer for each question in its order, and problems by key; with a problem nothing is to be kept.</returns>
    public static (
        IReadOnlyList<GivenAnswer> Answers,
        IReadOnlyDictionary<string, string> Problems
    ) Read(IReadOnlyList<FormQuestion> questions, Func<string, IReadOnlyList<string>> given)
    {
        var answers = new List<GivenAnswer>(questions.Count);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var question in questions)
        {
            var values = given(question.Key).Select(Plain).Where(v => v.Length > 0).ToList();
            if (Problem(question, values) is { } problem)
            {
                problems[question.Key] = problem;
            }
            answers.Add(new GivenAnswer(question.Label, question.Kind, values));
        }
        return (answers, problems);
    }

    private static string? Problem(FormQuestion question, List<string> values) =>
        values switch
        {
            [] => question.Required ? Missing(question) : null,
            _ when question.Kind != QuestionKind.Choices && values.Count > 1 => "Give one answer.",
            _ when values.Exists(v => v.Length > question.Longest) =>
                $"Use at most {question.Longest.ToString("N0", CultureInfo.InvariantCulture)} characters.",
            _ => question.Kind switch
            {
                QuestionKind.Choice or QuestionKind.Choices => values.TrueForAll(
                    question.Choices.Contains
                )
                    ? null
                    : "Choose from the list.",
                QuestionKind.YesNo => values[0] is Yes or No ? null : "Choose yes or no.",
                QuestionKind.Date => IsDate(values[0])
                    ? null
                    : "Enter a date as year-month-day, for example 2026-11-30.",
                QuestionKind.Signature => values[0].Count(char.IsLetter) >= 2
                    ? null
                    : "Type your full name.",
                _ => null,
            },
        };

    private static string Missing(FormQuestion question) =>
        question.Kind switch
        {
            QuestionKind.Choice or QuestionKind.YesNo => "Choose one.",
            QuestionKind.Choices => "Choose at least one.",
            QuestionKind.Date => "Enter the date.",
            QuestionKind.Signature => "Type your full name.",
            _ => "Write an answer.",
        };

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(
            text,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    /// <summary>Browsers send a line's end as two characters and count it as one.</summary>
    private static string Plain(string text) =>
        SmsText.RepairSurrogates(text).Replace('\0', '\uFFFD').ReplaceLineEndings("\n").Trim();
}
