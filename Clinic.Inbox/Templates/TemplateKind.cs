using System.Text.Json;

namespace Clinic.Inbox.Templates;

/// <summary>Each text that the system writes by itself. Its name stands in addresses and in the API, in camel case.</summary>
public enum TemplateKind
{
    AppointmentConfirmation,
    AppointmentReminder,
    AppointmentPreVisit,
    MedicalReminder,
    AutoResponse,

    /// <summary>Ends the first text to a number.</summary>
    FirstMessageSuffix,
    OptOutReply,
    OptInReply,
    HelpReply,

    /// <summary>Asks a number that was entered on the public form to reply YES.</summary>
    OptInRequest,

    /// <summary>Answers that YES.</summary>
    OptInConfirmation,

    /// <summary>Ends the first text to a number in place of the other, where the clinic asks for a second opt-in.</summary>
    SecondOptInSuffix,
}

/// <summary>What a kind is called, when it is sent, and what it says until somebody changes it.</summary>
/// <param name="Variables">The groups of <see cref="TemplateVariables"/> that it may use.</param>
/// <param name="MustContain">Words without which carriers' rules are broken (CTIA: STOP and HELP); empty for none.</param>
/// <param name="HasOverrides">An appointment type may have a text of its own.</param>
public sealed record TemplateInfo(
    TemplateKind Kind,
    string Title,
    string When,
    string DefaultText,
    IReadOnlyList<string> Variables,
    IReadOnlyList<string> MustContain,
    bool HasOverrides
)
{
    private static readonly string[] Appointment = ["clinic", "client", "patient", "appointment"];
    private static readonly string[] Clinic = ["clinic"];

    public static readonly IReadOnlyList<TemplateInfo> All =
    [
        new(
            TemplateKind.AppointmentConfirmation,
            "Appointment Confirmation",
            "When an appointment is booked or moved.",
            "{{ clinic.name }}: booked for {{ patient.name }}: {{ appointment.type }} on {{ appointment.date }} at {{ appointment.time }}. Reply C to confirm, or text us to change it.",
            Appointment,
            [],
            HasOverrides: true
        ),
        new(
            TemplateKind.AppointmentReminder,
            "Appointment Reminder",
            "Before an appointment, at the offsets of its type.",
            "Hi {{ client.first_name }}, we expect {{ patient.name }} at {{ clinic.name }} on {{ appointment.date }} at {{ appointment.time }}.{% unless appointment.confirmed %} Reply C to confirm.{% endunless %}",
            Appointment,
            [],
            HasOverrides: true
        ),
        new(
            TemplateKind.AppointmentPreVisit,
            "Appointment Pre-visit",
            "Before a visit, with the link to its form.",
            "Hi {{ client.first_name }}, please fill in this short form before {{ patient.name }}'s visit on {{ appointment.date }}: {{ previsit.link }}",
            [.. Appointment, "previsit"],
            ["{{ previsit.link }}"],
            HasOverrides: true
        ),
        new(
            TemplateKind.MedicalReminder,
            "Medical Reminder",
            "When something medical is due for a patient and its inventory item has a reminder action.",
            "Hi {{ client.first_name }}, it is time for {{ patient.name }}'s {{ reminder.name }}, due {{ reminder.due_date }}. Text or call {{ clinic.name }} to book.",
            ["clinic", "client", "patient", "reminder"],
            [],
            HasOverrides: false
        ),
        new(
            TemplateKind.AutoResponse,
            "Auto-response",
            "Answers a client who texts outside clinic hours, once while the clinic is closed.",
            "Thanks for texting {{ clinic.name }}. We are closed and open again {{ clinic.opens_next }}.{% if clinic.phone %} In an emergency call {{ clinic.phone }}.{% endif %}",
            ["clinic", "client"],
            [],
            HasOverrides: false
        ),
        new(
            TemplateKind.FirstMessageSuffix,
            "First-message suffix",
            "Ends the first text to every number.",
            "{{ clinic.name }}. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "HELP", "STOP"],
            HasOverrides: false
        ),
        new(
            TemplateKind.OptOutReply,
            "Opt-out reply",
            "The one confirmation of STOP. Nothing that advertises may stand in it.",
            "{{ clinic.name }}: You are opted out and will get no more texts from us. Reply START to get them again.",
            Clinic,
            ["{{ clinic.name }}", "START"],
            HasOverrides: false
        ),
        new(
            TemplateKind.OptInReply,
            "Opt-in reply",
            "Answers START.",
            "{{ clinic.name }}: You will get our texts again. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "HELP", "STOP"],
            HasOverrides: false
        ),
        new(
            TemplateKind.HelpReply,
            "Help reply",
            "Answers HELP: who this is and how to stop.",
            "{{ clinic.name }}: We text about your visits and pets.{% if clinic.phone %} Call us at {{ clinic.phone }}.{% endif %} Msg & data rates may apply. Reply STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "STOP"],
            HasOverrides: false
        ),
        new(
            TemplateKind.OptInRequest,
            "Opt-in request",
            "When somebody asks for texts on the public form: the number is proven by its reply.",
            "{{ clinic.name }}: Reply YES to get texts from us, as you asked on our form. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "YES", "HELP", "STOP"],
            HasOverrides: false
        ),
        new(
            TemplateKind.OptInConfirmation,
            "Opt-in confirmation",
            "Answers YES to the opt-in request or to a second opt-in, once.",
            "{{ clinic.name }}: Thank you, you will get our texts. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "HELP", "STOP"],
            HasOverrides: false
        ),
        new(
            TemplateKind.SecondOptInSuffix,
            "Second opt-in suffix",
            "Ends the first text to a number in place of the first-message suffix, where Settings, Consent asks for a second opt-in.",
            "{{ clinic.name }}. Reply YES to get more texts from us. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            Clinic,
            ["{{ clinic.name }}", "YES", "HELP", "STOP"],
            HasOverrides: false
        ),
    ];

    /// <summary>As it stands in addresses and in the API: <c>appointmentPreVisit</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.CamelCase.ConvertName(Kind.ToString());

    public static TemplateInfo Of(TemplateKind kind) => All[(int)kind];

    /// <summary>The kind of this <see cref="Name"/>; null when there is none.</summary>
    public static TemplateInfo? Find(string name) =>
        All.FirstOrDefault(info => string.Equals(info.Name, name, StringComparison.Ordinal));
}
