using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>A line as the left pane names it.</summary>
public sealed record LineChoice(Id<Line> Id, PhoneNumber Number, bool CanConverse)
{
    internal static LineChoice Of(Line line) => new(line.Id, line.Number, line.CanConverse);
}
