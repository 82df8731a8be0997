using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Reminders;

/// <summary>Something that the clinic gives: a vaccine, a preventive, a check-up. With an action it reminds of the next time.</summary>
public sealed class InventoryItem
{
    private InventoryItem() { }

    public InventoryItem(Id<InventoryItem> id, string name) => (Id, Name) = (id, Checked(name));

    public Id<InventoryItem> Id { get; private set; }
    public string? ExternalId { get; set; }

    /// <summary>As clients read it in a reminder: "rabies vaccine".</summary>
    public string Name { get; private set; } = "";
    public bool Active { get; set; } = true;

    /// <summary>When clients are reminded; null: never, and the item's page says so.</summary>
    public ReminderAction? Action { get; private set; }

    /// <exception cref="ArgumentException">The name is empty or over 100 characters.</exception>
    public void Rename(string name) => Name = Checked(name);

    public void RemindBy(ReminderAction? action) => Action = action;

    private static string Checked(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > 100
            ? throw new ArgumentException(
                "An item needs a name of at most 100 characters.",
                nameof(name)
            )
            : name.Trim();
}

/// <summary>When an item is due again and on which days around it the client is told.</summary>
public sealed class ReminderAction
{
    private ReminderAction() { }

    /// <param name="intervalDays">Days from giving it to its next time, 1 to 3,660.</param>
    /// <param name="leadDays">Days before the due day on which a text goes, 0 to 365; at most six.</param>
    /// <param name="followUpDays">Days after it, 1 to 365, while it has not been given; at most six.</param>
    /// <exception cref="ArgumentException">Out of these ranges, or no day at all.</exception>
    public ReminderAction(
        int intervalDays,
        IEnumerable<int> leadDays,
        IEnumerable<int> followUpDays
    )
    {
        IntervalDays = intervalDays is >= 1 and <= 3_660
            ? intervalDays
            : throw new ArgumentException("The interval is 1 to 3,660 days.", nameof(intervalDays));
        LeadDays = Checked(leadDays, 0, nameof(leadDays));
        FollowUpDays = Checked(followUpDays, 1, nameof(followUpDays));
        if (LeadDays.Count + FollowUpDays.Count == 0)
        {
            throw new ArgumentException(
                "Name at least one day on which a text goes.",
                nameof(leadDays)
            );
        }
    }

    public int IntervalDays { get; private set; }

    /// <summary>Furthest first.</summary>
    public IReadOnlyList<int> LeadDays { get; private set; } = [];

    /// <summary>Nearest first.</summary>
    public IReadOnlyList<int> FollowUpDays { get; private set; } = [];

    /// <summary>Days from the due day on which a text goes: negative before it.</summary>
    public IEnumerable<int> Offsets => [.. LeadDays.Select(d => -d), .. FollowUpDays];

    private static List<int> Checked(IEnumerable<int> days, int least, string name)
    {
        var distinct = days.Distinct().Order().ToList();
        if (distinct.Count > 6 || distinct.Exists(d => d < least || d > 365))
        {
            throw new ArgumentException($"At most six days, each {least} to 365.", name);
        }
        if (least == 0)
        {
            distinct.Reverse();
        }
        return distinct;
    }
}

/// <summary>An item was given to a patient.</summary>
public sealed class Treatment
{
    private Treatment() { }

    public Treatment(
        Id<Treatment> id,
        Id<Patient> patientId,
        Id<InventoryItem> itemId,
        DateOnly givenOn,
        string by
    )
    {
        Id = id;
        PatientId = patientId;
        ItemId = itemId;
        GivenOn = givenOn;
        By = by;
    }

    public Id<Treatment> Id { get; private set; }
    public Id<Patient> PatientId { get; private set; }
    public Id<InventoryItem> ItemId { get; private set; }

    /// <summary>Clinic's calendar day.</summary>
    public DateOnly GivenOn { get; private set; }
    public string By { get; private set; } = "";
}
