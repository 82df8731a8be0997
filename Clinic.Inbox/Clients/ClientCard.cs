using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;

namespace Clinic.Inbox.Clients;

/// <summary>Everything that the inbox's side panel and the head of a profile show of a client.</summary>
/// <param name="Region">The clinic's ISO 3166 region: how numbers and money are written.</param>
/// <param name="Today">The clinic's calendar day.</param>
/// <param name="Visits">From now on, the next first.</param>
/// <param name="Due">Medical reminders, the longest overdue first.</param>
/// <param name="Transactional">The consent that holds; null: none.</param>
/// <param name="Marketing">As <paramref name="Transactional"/>; one never implies the other.</param>
/// <param name="OptedOut">Which of the client's numbers opted out, and since when.</param>
public sealed record ClientCard(
    Client Client,
    string Region,
    DateOnly Today,
    IReadOnlyList<NextVisit> Visits,
    IReadOnlyList<DueReminder> Due,
    ConsentRecord? Transactional,
    ConsentRecord? Marketing,
    IReadOnlyDictionary<PhoneNumber, DateTimeOffset> OptedOut
)
{
    /// <summary>"$84.50 due", "$20.00 credit", or "Nothing due".</summary>
    public string BalanceText => Money.Balance(Client.Balance, Region);
}

/// <summary>An appointment that is to come.</summary>
/// <param name="Patient">Name; null when none is named.</param>
public sealed record NextVisit(
    Id<Appointment> Id,
    DateTimeOffset StartsAt,
    string Type,
    string? Patient,
    string Staff,
    AppointmentStatus Status
);

/// <summary>Something medical that a patient is due for.</summary>
public sealed record DueReminder(string Name, string Patient, DateOnly DueOn);

/// <summary>Amounts as the clinic writes them.</summary>
internal static class Money
{
    /// <summary>What a client owes, in words: "$84.50 due", "$20.00 credit", "Nothing due".</summary>
    public static string Balance(decimal balance, string region) =>
        balance switch
        {
            0 => "Nothing due",
            > 0 => $"{Format(balance, region)} due",
            _ => $"{Format(-balance, region)} credit",
        };

    private static string Format(decimal amount, string region)
    {
        try
        {
            var culture = System.Globalization.CultureInfo.GetCultureInfo($"en-{region}");
            return amount.ToString("C", culture);
        }
        catch (System.Globalization.CultureNotFoundException)
        {
            return amount.ToString("N2", System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
