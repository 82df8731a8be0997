using System.Globalization;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.AddOns;

/// <summary>Usage as people read it, on pages and in files.</summary>
internal static class UsageWords
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    public static string NotReported => "Not reported";

    public static string Of(MessageDirection direction) =>
        direction == MessageDirection.Inbound ? "Received" : "Sent";

    public static string Of(MessageKind kind) =>
        kind switch
        {
            MessageKind.Conversation => "Conversations",
            MessageKind.AutoResponse => "Automatic responses",
            MessageKind.Reminder => "Reminders and confirmations",
            MessageKind.System => "Answers to STOP, START and HELP",
            _ => "Documents",
        };

    public static string Count(int count) => count.ToString("N0", English);

    /// <summary>"1 message", "1,200 messages".</summary>
    public static string Count(int count, string what) =>
        count == 1 ? $"1 {what}" : $"{Count(count)} {what}s";

    /// <summary>Dollars: "$99.00".</summary>
    public static string Fee(decimal amount) => amount.ToString("C2", English);

    /// <summary>"EUR 0.0456": the carrier charges fractions of a cent.</summary>
    public static string Cost(decimal? amount, string? currency) =>
        amount is { } cost
            ? string.Create(CultureInfo.InvariantCulture, $"{currency} {cost:0.00##}").Trim()
            : NotReported;

    public static string Cost(UsageReport report) =>
        report.Costs.Count == 0
            ? NotReported
            : string.Join(", ", report.Costs.Select(c => Cost(c.Amount, c.Currency)));

    /// <summary>How the fee is made up, a sentence each.</summary>
    public static IEnumerable<string> FeeParts(UsageReport report)
    {
        if (report.TwoWayFee > 0)
        {
            yield return $"{Fee(report.TwoWayFee)} for SMS Messaging (Two-Way), flat for the month";
        }
        if (report.OneWayMessages > 0)
        {
            yield return $"{Fee(report.OneWayFee)} for {Count(report.OneWayMessages, "message")} of SMS Messaging (One-Way) at {Fee(report.OneWayFee / report.OneWayMessages)}";
        }
        if (report.Fee == 0)
        {
            yield return "No fee: no add-on was on, or nothing was sent";
        }
    }
}
