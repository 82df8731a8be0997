using Clinic.Inbox.Data;
using NodaTime;
using PhoneNumbers;

namespace Clinic.Inbox.Settings;

/// <summary>The clinic as its manager describes it; see <see cref="ClinicProfile"/>.</summary>
public sealed record ClinicDescription(string Name, string TimeZone, string Region, string Phone)
{
    /// <summary>Characters; the name stands in the first text to every number, and each text has 160.</summary>
    public const int LongestName = 60;

    public static ClinicDescription Of(ClinicProfile clinic) =>
        new(clinic.Name, clinic.TimeZone, clinic.Region, clinic.Phone);

    /// <summary>What is wrong, and in which field; empty when nothing is.</summary>
    public IEnumerable<(string Field, string Text)> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return (nameof(Name), "Enter the name that clients know.");
        }
        else if (Name.Trim().Length > LongestName)
        {
            yield return (nameof(Name), $"Use at most {LongestName} characters.");
        }
        else if (Name.Any(char.IsControl))
        {
            yield return (nameof(Name), "Write the name on one line.");
        }
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) is null)
        {
            yield return (nameof(TimeZone), "Choose a time zone.");
        }
        if (!PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(Region))
        {
            yield return (nameof(Region), "Choose a country.");
        }
        else if (
            !string.IsNullOrWhiteSpace(Phone)
            && !Data.PhoneNumber.TryParse(Phone, Region, out _, out var problem)
        )
        {
            yield return (nameof(Phone), problem);
        }
    }
}
