namespace Clinic.Inbox.AfterHours;

/// <summary>What happens when a client texts while the clinic is closed; one row of the settings.</summary>
/// <param name="AutoResponse">Clients are answered with the auto-response text.</param>
/// <param name="AlertUserIds">Users who get an email.</param>
/// <param name="AlertQuotesText">The email quotes what the client wrote; by default it names only who, and a link.</param>
public sealed record AfterHoursSettings(
    bool AutoResponse,
    IReadOnlyList<string> AlertUserIds,
    bool AlertQuotesText
)
{
    public const string Key = "afterHours";

    public static readonly AfterHoursSettings Default = new(
        AutoResponse: false,
        [],
        AlertQuotesText: false
    );

    internal bool DoesAnything => AutoResponse || AlertUserIds.Count > 0;
}
