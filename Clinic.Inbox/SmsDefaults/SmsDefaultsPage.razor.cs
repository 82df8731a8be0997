using Clinic.Inbox.Layout;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>Every text that the clinic sends by itself, each with its Edit.</summary>
public sealed partial class SmsDefaultsPage(SmsDefaultQueries texts, ILogger<SmsDefaultsPage> log)
    : LoadedPage(log)
{
    private static readonly (string Title, TemplateKind[] Kinds)[] Groups =
    [
        (
            "Appointments",
            [
                TemplateKind.AppointmentConfirmation,
                TemplateKind.AppointmentReminder,
                TemplateKind.AppointmentPreVisit,
            ]
        ),
        ("Medical", [TemplateKind.MedicalReminder]),
        (
            "System texts",
            [
                TemplateKind.AutoResponse,
                TemplateKind.FirstMessageSuffix,
                TemplateKind.OptOutReply,
                TemplateKind.OptInReply,
                TemplateKind.HelpReply,
            ]
        ),
        (
            "Opting in",
            [
                TemplateKind.OptInRequest,
                TemplateKind.OptInConfirmation,
                TemplateKind.SecondOptInSuffix,
            ]
        ),
    ];

    /// <summary>By kind; kept from the prerendered page, so that nothing flickers when the circuit takes over.</summary>
    [PersistentState]
    public SmsDefaultRow[]? Rows { get; set; }

    protected override async Task LoadAsync() => Rows ??= [.. await texts.ListAsync(Cancellation)];
}
