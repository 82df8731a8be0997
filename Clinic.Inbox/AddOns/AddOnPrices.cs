namespace Clinic.Inbox.AddOns;

/// <summary>What the add-ons cost, US dollars.</summary>
public static class AddOnPrices
{
    public const string Currency = "USD";

    /// <summary>A month in which the two-way add-on was on at any time, however many texts; not prorated.</summary>
    public const decimal TwoWayMonth = 99.00m;

    /// <summary>A message that left while the one-way add-on was on, however many segments it takes.</summary>
    public const decimal OneWayMessage = 0.05m;
}
