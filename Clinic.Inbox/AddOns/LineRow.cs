using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>A line as the add-ons page shows it.</summary>
/// <param name="Number">E.164.</param>
/// <param name="PausedReason">Why nothing leaves now; null when it sends.</param>
public sealed record LineRow(string Id, string Number, AddOn AddOn, string? PausedReason)
{
    public static LineRow Of(Line line) =>
        new(line.Id.ToString(), line.Number.Value, line.AddOn, line.PausedReason);
}
