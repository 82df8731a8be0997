using Clinic.Inbox.Data;

namespace Clinic.Inbox.Layout;

/// <summary>Writes and reads phone numbers as people at the clinic do.</summary>
public sealed class ClinicNumbers
{
    /// <summary>ISO 3166 region in which numbers without a country code are read.</summary>
    public string Region { get; private set; } = "US";

    public void UseRegion(string region) => Region = region;

    /// <summary>"(415) 555-0134"; with its country code when it is from elsewhere.</summary>
    public string Write(PhoneNumber number) => number.Display(Region);
}
