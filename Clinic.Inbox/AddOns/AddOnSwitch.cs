using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>A line was switched; append-only. Fees are counted by it, so it is written in the transaction that switches.</summary>
public sealed class AddOnSwitch
{
    private AddOnSwitch() { }

    public AddOnSwitch(
        Id<AddOnSwitch> id,
        Id<Line> lineId,
        AddOn from,
        AddOn to,
        DateTimeOffset at,
        string by
    )
    {
        Id = id;
        LineId = lineId;
        From = from;
        To = to;
        At = at;
        By = by;
    }

    public Id<AddOnSwitch> Id { get; private set; }
    public Id<Line> LineId { get; private set; }
    public AddOn From { get; private set; }
    public AddOn To { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string By { get; private set; } = "";
}
