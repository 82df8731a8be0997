namespace Clinic.Inbox.Templates;

/// <summary>Something that a template may name.</summary>
/// <param name="Name">As it is written, for example <c>client.first_name</c>.</param>
/// <param name="Meaning">For the editor's list and the guide.</param>
/// <param name="Example">What stands in until a real client is chosen; also what a template is tried with.</param>
public sealed record TemplateVariable(string Name, string Meaning, string Example)
{
    /// <summary>The part before the dot.</summary>
    public string Group => Name[..Name.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>
/// Every variable there is, in the one place that the editor, the guide and the renderer share. What is not here can't
/// be named in a template.
/// </summary>
public static class TemplateVariables
{
    public static readonly IReadOnlyList<TemplateVariable> All =
    [
        new("clinic.name", "The clinic's name", "Maple Grove Veterinary"),
        new("clinic.phone", "The front desk's voice number", "(312) 555-0142"),
        new("clinic.opens_next", "When the clinic opens again, in words", "tomorrow at 8:00 AM"),
        new("client.first_name", "The client's first name", "Ana"),
        new("client.last_name", "The client's last name", "Ruiz"),
        new("client.name", "The client's full name", "Ana Ruiz"),
        new("patient.name", "The patient's name; several are joined: Bella and Max", "Bella"),
        new("patient.species", "Dog, cat, rabbit …", "dog"),
        new("appointment.date", "The day of the visit", "Tuesday, November 3"),
        new("appointment.time", "The time of the visit", "3:30 PM"),
        new("appointment.type", "The appointment type", "Wellness exam"),
        new("appointment.staff", "Who sees the patient", "Dr. Patel"),
        new(
            "appointment.confirmed",
            "Not empty when the client has confirmed; for use in if and unless",
            ""
        ),
        new("reminder.name", "What is due", "rabies vaccine"),
        new("reminder.due_date", "When it is due", "November 17"),
        new(
            "previsit.link",
            "The private address of the pre-visit form",
            "https://clinic.example/v/7Qd2kPzr"
        ),
    ];

    /// <summary>What a kind of template may name.</summary>
    public static IReadOnlyList<TemplateVariable> For(TemplateKind kind)
    {
        var groups = TemplateInfo.Of(kind).Variables;
        return
        [
            .. All.Where(v =>
                groups.Contains(v.Group)
                // When the clinic opens next is only of interest while it is closed.
                && (v.Name != "clinic.opens_next" || kind == TemplateKind.AutoResponse)
            ),
        ];
    }

    /// <summary>The examples, to try and to show a template with.</summary>
    public static IReadOnlyDictionary<string, string> Examples(TemplateKind kind) =>
        For(kind).ToDictionary(v => v.Name, v => v.Example, StringComparer.Ordinal);
}
