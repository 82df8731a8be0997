namespace Clinic.Inbox.AddOns;

/// <summary>What can be switched on, by the names and prices that clinics see.</summary>
/// <param name="Id">In the API: <c>two-way</c>, <c>one-way</c>.</param>
/// <param name="Price">"$99.00 a month".</param>
/// <param name="PriceNote">What the price means.</param>
/// <param name="Terms">What is agreed to by enabling it, a sentence each.</param>
public sealed record AddOnOffer(
    string Id,
    AddOn AddOn,
    string Name,
    string Price,
    string PriceNote,
    string Text,
    IReadOnlyList<string> Terms
)
{
    public static readonly IReadOnlyList<AddOnOffer> All =
    [
        new(
            "two-way",
            AddOn.TwoWay,
            "SMS Messaging (Two-Way)",
            "$99.00 a month",
            "Unlimited texts",
            "Text with clients from the Inbox: they write, you answer, everybody at the desk sees it.",
            [
                "$99.00 for each calendar month in which it is on at any time, however many texts; a month that is begun is charged whole.",
                "The Inbox opens in the Schedule module. Reminders and confirmations go out, and clients can answer them.",
                "Texts leave only to clients who agreed to them. STOP, START and HELP are obeyed by themselves.",
            ]
        ),
        new(
            "one-way",
            AddOn.OneWay,
            "SMS Messaging (One-Way)",
            "$0.05 a message",
            "Charged at the end of the month",
            "Reminders and confirmations go out, without an Inbox. STOP, START and HELP still work.",
            [
                "$0.05 for each message that leaves, however many segments it takes, charged at the end of the month. What clients send costs nothing.",
                "There is no Inbox: nobody reads what clients text. They are told so once in 30 days and asked to call.",
                "A reply of C or YES still confirms a visit. STOP, START and HELP are obeyed by themselves.",
            ]
        ),
    ];
}
