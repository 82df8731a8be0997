namespace Clinic.Inbox.Reminders;

/// <summary>Minutes before a visit, as people say them.</summary>
internal static class OffsetWords
{
    private static readonly (int Minutes, string One, string Many)[] Units =
    [
        (24 * 60, "day", "days"),
        (60, "hour", "hours"),
        (1, "minute", "minutes"),
    ];

    /// <summary>"2 days", "1 hour 30 minutes".</summary>
    public static string Of(int minutes)
    {
        var words = new List<string>();
        foreach (var (length, one, many) in Units)
        {
            if (minutes / length is > 0 and var count)
            {
                words.Add($"{count} {(count == 1 ? one : many)}");
                minutes %= length;
            }
        }
        return string.Join(' ', words);
    }

    /// <summary>"2 days and 3 hours before"; empty for none.</summary>
    public static string Of(IReadOnlyList<int> offsets) =>
        offsets.Count == 0 ? "" : $"{ReminderText.Join([.. offsets.Select(Of)])} before";
}
