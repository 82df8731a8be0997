namespace Clinic.Inbox.Layout;

/// <summary>The tabs of the Schedule module.</summary>
public enum ScheduleTab
{
    Day,
    Inbox,
}
