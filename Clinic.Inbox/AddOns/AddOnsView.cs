namespace Clinic.Inbox.AddOns;

/// <summary>A number that is not yet in use, as the page shows it.</summary>
/// <param name="Number">E.164.</param>
/// <param name="Problem">What is missing, in plain words; empty while it is under way.</param>
public sealed record OrderRow(string Id, string Number, AddOn AddOn, bool Bought, string Problem)
{
    public static OrderRow Of(NumberOrder order) =>
        new(
            order.Id.ToString(),
            order.Number.Value,
            order.AddOn,
            order.State == NumberOrderState.Bought,
            order.Problem
        );
}

/// <summary>All that the add-ons page shows, in plain values.</summary>
/// <param name="Missing">Why no number can be rented here; null: one can.</param>
public sealed record AddOnsView(LineRow[] Lines, OrderRow[] Orders, string? Missing)
{
    public LineRow[] Spare => [.. Lines.Where(l => l.AddOn == AddOn.Off)];

    /// <summary>What is on; null: nothing.</summary>
    public AddOnOffer? On =>
        AddOnOffer.All.FirstOrDefault(offer => Array.Exists(Lines, l => l.AddOn == offer.AddOn));

    public LineRow[] OnFor(AddOn addOn) => [.. Lines.Where(l => l.AddOn == addOn)];
}
