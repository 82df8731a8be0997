using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>What the system itself says about texting: the carriers' rules (CTIA) ask for each of these.</summary>
public static class SystemTexts
{
    /// <summary>Ends the first text to a number.</summary>
    public static string FirstTextSuffix(ClinicProfile clinic) =>
        $"{clinic.Name}. Msg & data rates may apply. Reply HELP for help, STOP to opt out.";

    /// <summary>The one confirmation of an opt-out; nothing else may stand in it.</summary>
    public static string OptOutConfirmation(ClinicProfile clinic) =>
        $"{clinic.Name}: You are opted out and will get no more texts from us. Reply START to get them again.";

    public static string OptInConfirmation(ClinicProfile clinic) =>
        $"{clinic.Name}: You will get our texts again. Msg & data rates may apply. Reply HELP for help, STOP to opt out.";

    public static string Help(ClinicProfile clinic) =>
        clinic.Phone.Length == 0
            ? $"{clinic.Name}: We text about your visits and pets. Msg & data rates may apply. Reply STOP to opt out."
            : $"{clinic.Name}: We text about your visits and pets. Call us at {clinic.Phone}. Msg & data rates may apply. Reply STOP to opt out.";
}
