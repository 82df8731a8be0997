using System.Globalization;
using PhoneNumbers;

namespace Clinic.Inbox.Settings;

/// <summary>The countries whose phone numbers we can read.</summary>
public static class Regions
{
    /// <summary>ISO 3166 code and English name, by name.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> All =
    [
        .. PhoneNumberUtil
            .GetInstance()
            .GetSupportedRegions()
            .Select(code => (code, NameOf(code)))
            .OrderBy(region => region.Item2, StringComparer.InvariantCulture),
    ];

    private static string NameOf(string code)
    {
        try
        {
            return new RegionInfo(code).EnglishName;
        }
        catch (ArgumentException)
        {
            // A territory that phones know and cultures don't.
            return code;
        }
    }
}
