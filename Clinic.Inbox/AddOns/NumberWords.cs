using System.Globalization;
using Clinic.Inbox.Carrier;

namespace Clinic.Inbox.AddOns;

/// <summary>How a number for rent is described.</summary>
internal static class NumberWords
{
    /// <summary>"€0.90 a month".</summary>
    public static string Cost(OfferedNumber number) =>
        number.MonthlyCost is { } cost
            ? string.Create(CultureInfo.InvariantCulture, $"€{cost:0.00} a month")
            : "Rent as in your contract with the carrier";

    /// <summary>"Local number, texts and pictures".</summary>
    public static string Kind(OfferedNumber number) =>
        (
            number.Type.Contains("toll-free", StringComparison.OrdinalIgnoreCase)
                ? "Toll-free number"
                : "Local number"
        ) + (number.Pictures ? ", texts and pictures" : ", texts only");
}
