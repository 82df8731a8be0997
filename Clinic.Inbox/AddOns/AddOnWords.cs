namespace Clinic.Inbox.AddOns;

/// <summary>Says what a change of the add-on means, before it is made.</summary>
internal static class AddOnWords
{
    public static IReadOnlyList<string> OfSwitch(
        AddOnOffer from,
        AddOnOffer to,
        AddOnOutlook outlook
    ) =>
        to.AddOn == AddOn.OneWay
            ?
            [
                "Your number stays. Reminders and confirmations go on as before.",
                $"The Inbox closes: {Conversations(outlook.OpenConversations)} kept, and back when two-way is on again. What clients text is not read; they are told so once in 30 days.",
                .. StaffTexts(outlook),
                $"This month still costs {from.Price.Replace(" a month", "", StringComparison.Ordinal)}. From now on each message costs $0.05, charged at the end of the month.",
            ]
            :
            [
                "Your number stays, and the Inbox opens in the Schedule module.",
                $"This month costs {to.Price.Replace(" a month", "", StringComparison.Ordinal)} whole, and the messages that left until now $0.05 each.",
            ];

    public static IReadOnlyList<string> OfDisabling(AddOnOffer offer, AddOnOutlook outlook) =>
        [
            "Nothing is sent any more but answers to STOP, START and HELP.",
            .. offer.AddOn == AddOn.TwoWay
                ?
                [
                    $"The Inbox closes: {Conversations(outlook.OpenConversations)} kept, and back when two-way is on again.",
                ]
                : Array.Empty<string>(),
            $"{Count(outlook.StaffTexts + outlook.OtherTexts, "queued text waits", "queued texts wait")} until an add-on is on again. Reminders are held ({Count(outlook.Planned, "is", "are")} planned for the coming seven days); those that can't leave in time are shown as missed.",
            "The number is kept and costs its rent. You can give it back on this page afterwards.",
            offer.AddOn == AddOn.TwoWay
                ? "This month still costs $99.00."
                : "What was sent this month is charged at its end.",
        ];

    private static string Conversations(int open) =>
        open == 1 ? "1 open conversation is" : $"{open:N0} open conversations are";

    private static IEnumerable<string> StaffTexts(AddOnOutlook outlook) =>
        outlook.StaffTexts == 0
            ? []
            :
            [
                $"{Count(outlook.StaffTexts, "text", "texts")} that staff wrote and that still {(outlook.StaffTexts == 1 ? "waits" : "wait")} will not be sent.",
            ];

    private static string Count(int count, string one, string many) =>
        count == 1 ? $"1 {one}" : $"{count:N0} {many}";
}
