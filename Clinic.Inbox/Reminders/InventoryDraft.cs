using Clinic.Inbox.Clients;

namespace Clinic.Inbox.Reminders;

/// <summary>What is to be written of an inventory item. What is null stays as it is.</summary>
/// <param name="Name">1 to 100 characters, as clients read it in a reminder.</param>
/// <param name="Active">Whether it is still given; a new one is.</param>
/// <param name="Action">When clients are reminded; a new item without one reminds of nothing.</param>
public sealed record InventoryDraft(
    string? Name = null,
    bool? Active = null,
    ActionChange? Action = null
);

/// <summary>Which reminder action an item gets.</summary>
/// <param name="To">Null: none, and nothing is texted.</param>
public sealed record ActionChange(ActionDraft? To);

/// <summary>A reminder action as somebody typed it; <see cref="ReminderAction"/> has the ranges.</summary>
public sealed record ActionDraft(
    int IntervalDays,
    IReadOnlyList<int> LeadDays,
    IReadOnlyList<int> FollowUpDays
)
{
    /// <summary>The first thing that is wrong; null: <see cref="ToAction"/> takes it.</summary>
    public FieldProblem? Problem()
    {
        if (IntervalDays is < 1 or > 3_660)
        {
            return new("action.intervalDays", "It is due again after 1 to 3,660 days.");
        }
        if (!InRange(LeadDays, 0))
        {
            return new("action.leadDays", "At most six days before, each 0 to 365.");
        }
        if (!InRange(FollowUpDays, 1))
        {
            return new("action.followUpDays", "At most six days after, each 1 to 365.");
        }
        return LeadDays.Count + FollowUpDays.Count == 0
            ? new("action.leadDays", "Name at least one day on which a text goes.")
            : null;
    }

    /// <exception cref="ArgumentException"><see cref="Problem"/> says what is wrong.</exception>
    public ReminderAction ToAction() => new(IntervalDays, LeadDays, FollowUpDays);

    private static bool InRange(IReadOnlyList<int> days, int least) =>
        days.Distinct().Count() <= 6 && days.All(d => d >= least && d <= 365);
}

/// <summary>What came of writing an inventory item.</summary>
public abstract record InventoryResult
{
    private InventoryResult() { }

    public sealed record Saved(InventoryItem Item, bool Created) : InventoryResult;

    /// <summary>Nothing was written.</summary>
    public sealed record Invalid(FieldProblem Problem) : InventoryResult;

    public sealed record NotFound : InventoryResult;
}

/// <summary>What came of noting that something was given.</summary>
public abstract record GivenResult
{
    private GivenResult() { }

    /// <param name="Next">When it is due again; null: nothing new became due.</param>
    /// <param name="Created">False: it was noted before, and nothing changed.</param>
    public sealed record Noted(Treatment Treatment, MedicalReminder? Next, bool Created)
        : GivenResult;

    /// <summary>Nothing was written.</summary>
    public sealed record Invalid(FieldProblem Problem) : GivenResult;

    /// <summary>There is no such item.</summary>
    public sealed record NotFound : GivenResult;
}
