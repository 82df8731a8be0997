namespace Clinic.Inbox.AddOns;

/// <summary>What the add-ons cost, US dollars.</summary>
public static class AddOnPrices
{
    /// <summary>A message of the one-way add-on, however many segments it takes.</summary>
    public const decimal OneWayMessage = 0.05m;
}
