namespace Clinic.Inbox.Layout;

/// <summary>Addresses of the pages that other pages link to.</summary>
public static class Paths
{
    public const string Day = "/schedule/day";
    public const string Inbox = "/schedule/inbox";
    public const string Clients = "/clients";
    public const string Reminders = "/reminders";
    public const string Settings = "/settings";
    public const string Clinic = "/settings/clinic";
    public const string InventoryItems = "/settings/inventory-items";
    public const string AppointmentTypes = "/settings/appointment-types";
    public const string ReminderSettings = "/settings/reminders";
    public const string Hours = "/settings/hours";
    public const string AutoResponse = "/settings/auto-response";
    public const string AutoResponseText = "/settings/sms-defaults/autoResponse";
    public const string Forms = "/settings/forms";
    public const string Library = "/settings/library";
    public const string Lines = "/settings/lines";
    public const string AddOns = "/settings/add-ons";
    public const string Usage = "/settings/usage";

    /// <summary>Followed by a slash and the month: <c>2026-11</c>.</summary>
    public const string Statements = "/settings/statements";
    public const string SmsDefaults = "/settings/sms-defaults";
    public const string ConsentSettings = "/settings/consent";
    public const string ConsentReview = "/consent/review";

    /// <summary>The public form.</summary>
    public const string OptIn = "/opt-in";

    /// <summary>How long conversations are kept, and backups.</summary>
    public const string DataKept = "/settings/data";
    public const string Users = "/settings/users";
    public const string ApiKeys = "/settings/api-keys";
    public const string Quarantine = "/settings/quarantine";
    public const string Audit = "/settings/audit";
    public const string AuditFile = "/settings/audit.csv";
    public const string SignIn = "/account/sign-in";
    public const string SignOut = "/account/sign-out";
    public const string Active = "/account/active";
    public const string AccessDenied = "/account/denied";
    public const string Setup = "/account/setup";

    /// <summary>Where an invitation or reset link leads.</summary>
    public const string ChoosePassword = "/account/password";
    public const string ChangePassword = "/account/change-password";

    /// <summary>One's second factor, passkeys and sessions.</summary>
    public const string Security = "/account/security";

    /// <summary>Where somebody signs in by code or passkey after the password.</summary>
    public const string SecondStep = "/account/second-step";

    /// <summary>Where an authenticator app or the first passkey is set up.</summary>
    public const string SecondFactor = "/account/second-factor";
    public const string PasskeyRequest = "/account/passkey/request-options";
    public const string PasskeyCreation = "/account/passkey/creation-options";
    public const string SignInRules = "/settings/sign-in";
    public const string TooManyWindows = "/account/too-many-windows";
}
