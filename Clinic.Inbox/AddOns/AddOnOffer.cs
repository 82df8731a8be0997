namespace Clinic.Inbox.AddOns;

/// <summary>What can be switched on, by the names and prices that clinics see.</summary>
/// <param name="Id">In the API: <c>two-way</c>, <c>one-way</c>.</param>
/// <param name="Price">"$99.00 a month".</param>
/// <param name="PriceNote">What the price means.</param>
public sealed record AddOnOffer(
    string Id,
    AddOn AddOn,
    string Name,
    string Price,
    string PriceNote,
    string Text
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
            "Text with clients from the Inbox: they write, you answer, everybody at the desk sees it."
        ),
        new(
            "one-way",
            AddOn.OneWay,
            "SMS Messaging (One-Way)",
            "$0.05 a message",
            "Charged at the end of the month",
            "Reminders and confirmations go out, without an Inbox. STOP, START and HELP still work."
        ),
    ];
}
