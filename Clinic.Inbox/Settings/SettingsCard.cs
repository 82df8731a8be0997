using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using MudBlazor;

namespace Clinic.Inbox.Settings;

/// <summary>One place on the settings index.</summary>
/// <param name="Policy">Who sees it: the policy of the page it leads to.</param>
internal sealed record SettingsCard(
    string Title,
    string Text,
    string Icon,
    string Href,
    string Policy
)
{
    public static readonly IReadOnlyList<SettingsCard> All =
    [
        new(
            "Your password",
            "Change the password you sign in with.",
            Icons.Material.Rounded.Password,
            Paths.ChangePassword,
            Policies.Desk
        ),
        new(
            "Your sign-in",
            "Second factor, passkeys, and where you are signed in.",
            Icons.Material.Rounded.Fingerprint,
            Paths.Security,
            Policies.Desk
        ),
        new(
            "Clinic",
            "Name, time zone, country and phone.",
            Icons.Material.Rounded.LocalHospital,
            Paths.Clinic,
            Policies.Manage
        ),
        new(
            "Appointment types",
            "Length, color and texts of each kind of visit.",
            Icons.Material.Rounded.EventNote,
            Paths.AppointmentTypes,
            Policies.Manage
        ),
        new(
            "Reminders",
            "When clients are reminded of visits and of what is due.",
            Icons.Material.Rounded.NotificationsActive,
            Paths.ReminderSettings,
            Policies.Manage
        ),
        new(
            "Hours",
            "When you are open, closures and holidays, and when reminders may leave.",
            Icons.Material.Rounded.Schedule,
            Paths.Hours,
            Policies.Manage
        ),
        new(
            "Auto-response",
            "What clients read who text while you are closed, and whom an email tells.",
            Icons.Material.Rounded.NightsStay,
            Paths.AutoResponse,
            Policies.Manage
        ),
        new(
            "Add-ons",
            "Two-way or one-way texting, and the number you text from.",
            Icons.Material.Rounded.Extension,
            Paths.AddOns,
            Policies.Manage
        ),
        new(
            "Usage & statements",
            "What was texted this month, what it costs, and closed months.",
            Icons.Material.Rounded.ReceiptLong,
            Paths.Usage,
            Policies.Manage
        ),
        new(
            "View SMS Defaults",
            "What reminders, confirmations and automatic answers say.",
            Icons.Material.Rounded.Sms,
            Paths.SmsDefaults,
            Policies.Manage
        ),
        new(
            "Consent",
            "The words clients agree to, the public form, second opt-in and review.",
            Icons.Material.Rounded.VerifiedUser,
            Paths.ConsentSettings,
            Policies.Manage
        ),
        new(
            "Inventory items & reminder actions",
            "What the clinic gives, and when clients are told that it is due again.",
            Icons.Material.Rounded.Vaccines,
            Paths.InventoryItems,
            Policies.Manage
        ),
        new(
            "Forms",
            "What clients fill in on their phone.",
            Icons.Material.Rounded.Assignment,
            Paths.Forms,
            Policies.Manage
        ),
        new(
            "Library",
            "Files and forms that are sent often.",
            Icons.Material.Rounded.LocalLibrary,
            Paths.Library,
            Policies.Manage
        ),
        new(
            "Lines",
            "The numbers you text from: add one, set its pace.",
            Icons.Material.Rounded.PhoneIphone,
            Paths.Lines,
            Policies.Administer
        ),
        new(
            "Users",
            "Who signs in here and what they may do.",
            Icons.Material.Rounded.Group,
            Paths.Users,
            Policies.Administer
        ),
        new(
            "Signing in",
            "Who must have a second factor.",
            Icons.Material.Rounded.Shield,
            Paths.SignInRules,
            Policies.Administer
        ),
        new(
            "API keys",
            "Let other systems read and write.",
            Icons.Material.Rounded.Key,
            Paths.ApiKeys,
            Policies.Administer
        ),
        new(
            "Data & backups",
            "How long closed conversations are kept, and the newest backup.",
            Icons.Material.Rounded.Inventory2,
            Paths.DataKept,
            Policies.Administer
        ),
        new(
            "Quarantine",
            "What the carrier sent and nobody could read.",
            Icons.Material.Rounded.ReportGmailerrorred,
            Paths.Quarantine,
            Policies.Administer
        ),
        new(
            "Audit log",
            "Who read, sent, changed and deleted what, and when.",
            Icons.Material.Rounded.History,
            Paths.Audit,
            Policies.Administer
        ),
    ];
}
