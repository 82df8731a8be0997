using System.Globalization;

namespace Clinic.Inbox.Reminders;

/// <summary>A reminder action as people say it.</summary>
internal static class ActionWords
{
    /// <summary>What the page says of an item without an action.</summary>
    public const string None = "No reminder action: nothing is texted when this is due.";

    /// <summary>"Every 365 days; texts 14 and 3 days before, on the day, 7 days after".</summary>
    public static string Of(ReminderAction? action)
    {
        if (action is null)
        {
            return None;
        }
        var texts = new List<string>();
        var before = action.LeadDays.Where(d => d > 0).ToList();
        if (before.Count > 0)
        {
            texts.Add(Days(before) + " before");
        }
        if (action.LeadDays.Contains(0))
        {
            texts.Add("on the day");
        }
        if (action.FollowUpDays.Count > 0)
        {
            texts.Add(Days(action.FollowUpDays) + " after");
        }
        return $"Every {Days([action.IntervalDays])}; texts {string.Join(", ", texts)}";
    }

    private static string Days(IReadOnlyList<int> days) =>
        ReminderText.Join([
            .. days.Select(d => d.ToString("N0", CultureInfo.GetCultureInfo("en-US"))),
        ]) + (days is [1] ? " day" : " days");
}
