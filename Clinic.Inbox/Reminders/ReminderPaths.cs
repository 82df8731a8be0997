using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Reminders;

/// <summary>Addresses of the pages about reminders.</summary>
public static class ReminderPaths
{
    public const string Items = Paths.InventoryItems;
    public const string NewItem = Items + "/new";

    public static string Item(Id<InventoryItem> id) => $"{Items}/{id}";

    public static string Of(ReminderTab tab) =>
        tab switch
        {
            ReminderTab.Week => Paths.Reminders + "/week",
            ReminderTab.Attention => Paths.Reminders + "/attention",
            _ => Paths.Reminders,
        };
}
