using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Reminders;

/// <summary>What a client's patients are due for, what they were given, and what stands in the way of a text.</summary>
/// <param name="Due">The longest overdue first.</param>
/// <param name="Dismissed">What is not wanted, the latest first.</param>
/// <param name="Given">The latest first, at most 50.</param>
/// <param name="Obstacle">Why this client gets no reminder at all, in plain words; null: nothing stands in the way.</param>
/// <param name="Gate">Under which consent texts go; null: none do, or the gate is not asked.</param>
public sealed record ClientCare(
    IReadOnlyList<DueCare> Due,
    IReadOnlyList<DueCare> Dismissed,
    IReadOnlyList<GivenCare> Given,
    string? Obstacle,
    GateDecision? Gate = null
);

/// <summary>Something a patient is due for.</summary>
/// <param name="Item">What is given for it; null: nothing that is in the inventory.</param>
/// <param name="NextText">When the next text about it is planned; null: none is.</param>
public sealed record DueCare(
    MedicalReminder Reminder,
    Patient Patient,
    InventoryItem? Item,
    DateTimeOffset? NextText
)
{
    /// <summary>Why nothing is texted about it, in plain words; null: texts go as the item says.</summary>
    public string? Silence =>
        this switch
        {
            { Patient.Deceased: true } => $"{Patient.Name} has died: nothing is texted.",
            { Item: null } => "It belongs to no inventory item: nothing is texted.",
            { Item.Active: false } => $"{Item.Name} is not given any more: nothing is texted.",
            { Item.Action: null } => ActionWords.None,
            _ => null,
        };
}

/// <summary>Something that was given.</summary>
/// <param name="On">The clinic's calendar day.</param>
/// <param name="By">Who noted it.</param>
public sealed record GivenCare(
    Id<Treatment> Id,
    string Item,
    string Patient,
    DateOnly On,
    string By
);

/// <summary>An inventory item with how many patients it concerns.</summary>
/// <param name="Due">Due today or overdue.</param>
/// <param name="Coming">Due later.</param>
public sealed record InventoryRow(InventoryItem Item, int Due, int Coming);
