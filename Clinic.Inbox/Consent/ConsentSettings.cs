namespace Clinic.Inbox.Consent;

/// <summary>How the clinic asks for consent; one row of the settings.</summary>
/// <param name="ReviewMonths">A consent is looked at again when it is older than this; <see cref="LeastMonths"/> to <see cref="MostMonths"/>.</param>
/// <param name="SecondOptIn">
/// The first text to a number asks to reply YES, and nothing that needs consent follows until the client did.
/// </param>
/// <param name="TransactionalTerms">The clinic's own words; null: the product's.</param>
/// <param name="MarketingTerms">The clinic's own words; null: the product's.</param>
public sealed record ConsentSettings(
    int ReviewMonths = 24,
    bool SecondOptIn = false,
    string? TransactionalTerms = null,
    string? MarketingTerms = null
)
{
    public const string Key = "consent";
    public const int LeastMonths = 1;
    public const int MostMonths = 120;

    public static readonly ConsentSettings Default = new();

    /// <summary>The words that are read or shown for this category.</summary>
    /// <param name="clinic">The clinic's name.</param>
    public string Terms(ConsentCategory category, string clinic) =>
        (category == ConsentCategory.Marketing ? MarketingTerms : TransactionalTerms)
        ?? ConsentTerms.Proposed(category, clinic);
}
