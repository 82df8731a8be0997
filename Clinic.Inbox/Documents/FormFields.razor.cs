using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Documents;

/// <summary>The questions of a form as plain HTML fields.</summary>
public sealed partial class FormFields(NavigationManager navigation)
{
    private const string SignatureHint = "Typing your full name counts as your signature.";

    private static readonly string[] YesAndNo = [FormCheck.Yes, FormCheck.No];
    private static readonly Dictionary<string, string> NoProblems = new(StringComparer.Ordinal);

    [Parameter, EditorRequired]
    public IReadOnlyList<FormQuestion> Questions { get; set; } = [];

    /// <summary>What was typed for a question's key.</summary>
    [Parameter]
    public Func<string, IReadOnlyList<string>> Given { get; set; } = _ => [];

    /// <summary>What is wrong, by the question's key.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string> Problems { get; set; } = NoProblems;

    /// <summary>The page's own address: a bare fragment would lead to the base address.</summary>
    private string Here => "/" + navigation.ToBaseRelativePath(navigation.Uri).Split('#')[0];

    /// <summary>The field's name as it is sent.</summary>
    public static string NameOf(string key) => "answer." + key;

    private static string IdOf(FormQuestion question) => "answer-" + question.Key;

    private static string HintOf(FormQuestion question) =>
        (question.Kind, question.Hint) switch
        {
            (QuestionKind.Signature, "") => SignatureHint,
            (QuestionKind.Signature, var hint) => $"{hint} {SignatureHint}",
            (_, var hint) => hint,
        };

    private static string? Optional(FormQuestion question) =>
        question.Required ? null : " (optional)";

    private string? Invalid(FormQuestion question) =>
        Problems.ContainsKey(question.Key) ? "true" : null;

    private string? Described(FormQuestion question)
    {
        var parts = new List<string>(2);
        if (Problems.ContainsKey(question.Key))
        {
            parts.Add(IdOf(question) + "-problem");
        }
        if (HintOf(question).Length > 0)
        {
            parts.Add(IdOf(question) + "-hint");
        }
        return parts.Count == 0 ? null : string.Join(' ', parts);
    }

    private RenderFragment Small(FormQuestion question) =>
        builder =>
        {
            if (Problems.TryGetValue(question.Key, out var problem))
            {
                builder.OpenElement(0, "span");
                builder.AddAttribute(1, "class", "field-error");
                builder.AddAttribute(2, "id", IdOf(question) + "-problem");
                builder.AddContent(3, problem);
                builder.CloseElement();
            }
            if (HintOf(question) is { Length: > 0 } hint)
            {
                builder.OpenElement(4, "span");
                builder.AddAttribute(5, "class", "field-hint");
                builder.AddAttribute(6, "id", IdOf(question) + "-hint");
                builder.AddContent(7, hint);
                builder.CloseElement();
            }
        };
}
