using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;

namespace Clinic.Inbox.Demo;

/// <summary>The demo clinic's forms, at hand in its library.</summary>
internal static class DemoDocuments
{
    private const string By = "Priya Shah";

    public static void Add(DemoPractice practice)
    {
        var at = practice.Line.CreatedAt;
        FormDraft[] forms =
        [
            new(
                "New patient",
                "Welcome! A few things that help us to be ready for you.",
                [
                    Ask(1, QuestionKind.Text, "Name of your pet"),
                    Ask(
                        2,
                        QuestionKind.Choice,
                        "Species",
                        choices: ["Dog", "Cat", "Rabbit", "Bird", "Other"]
                    ),
                    Ask(3, QuestionKind.Date, "Born on", "A guess will do.", required: false),
                    Ask(
                        4,
                        QuestionKind.Choices,
                        "Lives with",
                        required: false,
                        choices: ["Dogs", "Cats", "Children", "Other animals"]
                    ),
                    Ask(
                        5,
                        QuestionKind.LongText,
                        "Medication, allergies, anything that worries you",
                        required: false
                    ),
                    Ask(
                        6,
                        QuestionKind.Text,
                        "Clinic you came from",
                        "So that we can ask for the records.",
                        required: false
                    ),
                ]
            ),
            new(
                "Consent to anesthesia",
                "Please read and sign before the day of the procedure.",
                [
                    Ask(1, QuestionKind.YesNo, "Will your pet have fasted since midnight?"),
                    Ask(2, QuestionKind.YesNo, "May we run blood tests before it?"),
                    Ask(3, QuestionKind.Text, "Number where we reach you that day"),
                    Ask(
                        4,
                        QuestionKind.Signature,
                        "Signature of the owner",
                        "I agree to the procedure that was explained to me."
                    ),
                ]
            ),
        ];
        foreach (var draft in forms)
        {
            var form = new FormTemplate(Id<FormTemplate>.New(at), draft.Title, at);
            practice.Db.FormTemplates.Add(form);
            practice.Db.FormVersions.Add(form.Revise(draft, By, at));
            practice.Db.LibraryItems.Add(LibraryItem.OfForm(draft.Title, form.Id, By, at));
        }
    }

    private static FormQuestion Ask(
        int number,
        QuestionKind kind,
        string label,
        string hint = "",
        bool required = true,
        params string[] choices
    ) => new($"q{number}", kind, label, hint, required, choices);
}
