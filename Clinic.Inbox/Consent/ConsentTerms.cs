namespace Clinic.Inbox.Consent;

/// <summary>
/// The words that staff read to a client, proposed and editable: each names what it covers (consent covers only what
/// was disclosed) and how to stop.
/// </summary>
public static class ConsentTerms
{
    /// <param name="clinic">The clinic's name.</param>
    public static string Proposed(ConsentCategory category, string clinic) =>
        category == ConsentCategory.Marketing
            ? $"{clinic} would like to send you text messages with offers and news. Your consent is no condition of any "
                + "purchase or treatment. Message and data rates may apply. Reply STOP at any time to stop. Do we have your permission "
                + "to contact you by SMS for this?"
            : $"{clinic} would like to send you text messages for appointment reminders, confirmations, forms and documents, "
                + "billing statements, patient files and important updates about your pet. Message and data rates may apply. Reply "
                + "STOP at any time to stop. Do we have your permission to contact you by SMS?";

    /// <summary>
    /// What the public form says beside each box besides <paramref name="terms"/> (CTIA Messaging Principles, 5.1.2: how
    /// often, what it costs, how to stop, that nothing depends on it, what becomes of the number).
    /// </summary>
    public static string Online(string terms) =>
        $"{terms}\n\nMessage frequency varies. Message and data rates may apply. Reply HELP for help or STOP to stop at any time. "
        + "Agreeing is not a condition of any purchase or treatment. Your number and your consent are used for these texts only; "
        + "they are never sold, nor shared with others for their own marketing.";

    /// <summary>What stands beside the box itself.</summary>
    public static string Tick(ConsentCategory category) =>
        category == ConsentCategory.Marketing
            ? "Yes, text me offers and news."
            : "Yes, text me reminders, documents and updates about my pets.";

    /// <summary>A category as people read it.</summary>
    public static string Name(ConsentCategory category) =>
        category == ConsentCategory.Marketing ? "Marketing" : "Reminders and updates";
}
