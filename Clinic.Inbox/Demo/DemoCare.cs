using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;

namespace Clinic.Inbox.Demo;

/// <summary>What the demo clinic gives, what was given, and what is due again.</summary>
internal sealed class DemoCare
{
    private readonly DemoPractice _practice;
    private readonly Dictionary<string, InventoryItem> _items;

    public DemoCare(DemoPractice practice)
    {
        _practice = practice;
        _items = new InventoryItem[]
        {
            Item("Rabies vaccine", new ReminderAction(365, [14, 3], [7])),
            Item("DHPP booster", new ReminderAction(365, [14, 3], [7])),
            Item("FVRCP booster", new ReminderAction(365, [14, 3], [7])),
            Item("Bordetella booster", new ReminderAction(182, [7], [7])),
            Item("Heartworm test", new ReminderAction(365, [14], [])),
            Item("Yearly check-up", new ReminderAction(365, [21, 7], [14])),
            Item("Nail trim", action: null),
        }.ToDictionary(i => i.Name, StringComparer.Ordinal);
        practice.Db.InventoryItems.AddRange(_items.Values);
    }

    /// <summary>Due on a day, and given the interval of its item before that.</summary>
    public void Add(Patient patient, string name, DateOnly dueOn)
    {
        var item = _items[name];
        var reminder = new MedicalReminder(
            Id<MedicalReminder>.New(_practice.Time.Now),
            patient.ClientId,
            patient.Id,
            name,
            dueOn
        );
        reminder.BelongTo(item.Id);
        _practice.Db.MedicalReminders.Add(reminder);
        if (item.Action is { } action)
        {
            _practice.Db.Treatments.Add(
                new Treatment(
                    Id<Treatment>.New(_practice.Time.Now),
                    patient.Id,
                    item.Id,
                    dueOn.AddDays(-action.IntervalDays),
                    "Tessa Byrne, CVT"
                )
            );
        }
    }

    private InventoryItem Item(string name, ReminderAction? action)
    {
        var item = new InventoryItem(Id<InventoryItem>.New(_practice.Line.CreatedAt), name);
        item.RemindBy(action);
        return item;
    }
}
