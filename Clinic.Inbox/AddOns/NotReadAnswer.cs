using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>When a number was last told that a line is not read.</summary>
public sealed class NotReadAnswer
{
    /// <summary>A number is told once in so long.</summary>
    public static readonly TimeSpan Once = TimeSpan.FromDays(30);

    private NotReadAnswer() { }

    public NotReadAnswer(Id<Line> lineId, PhoneNumber number, DateTimeOffset at)
    {
        LineId = lineId;
        Number = number;
        At = at;
    }

    public Id<Line> LineId { get; private set; }
    public PhoneNumber Number { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>False when it was told within the last 30 days; else it counts as told now.</summary>
    public bool TryTellAgain(DateTimeOffset now)
    {
        if (now - At < Once)
        {
            return false;
        }
        At = now;
        return true;
    }
}
