using Clinic.Inbox.Data;
using Clinic.Inbox.People;

namespace Clinic.Inbox.AddOns;

/// <summary>
/// A number that somebody rents. The row is committed before the purchase leaves, so that a crash between buying and
/// linking loses nothing; what is not finished is carried on by <see cref="NumberOrderJob"/> or by hand. Only the one
/// request that follows the row's making buys: whoever carries on looks whether the number is ours, and never buys.
/// </summary>
public sealed class NumberOrder
{
    /// <summary>The request itself has an answer or none by then.</summary>
    private static readonly TimeSpan FirstAttemptAfter = TimeSpan.FromMinutes(1);

    /// <summary>After an unanswered purchase the carrier may take so long to list the number.</summary>
    private static readonly TimeSpan ListedWithin = TimeSpan.FromMinutes(10);

    private NumberOrder() { }

    public NumberOrder(
        Id<NumberOrder> id,
        PhoneNumber number,
        string country,
        LineType type,
        AddOn addOn,
        decimal? monthlyCost,
        Actor by,
        DateTimeOffset at
    )
    {
        Id = id;
        Number = number;
        Country = country;
        Type = type;
        AddOn = addOn;
        MonthlyCost = monthlyCost;
        (ById, ByName) = (by.Id, by.Name);
        At = at;
        NextAttemptAt = at + FirstAttemptAfter;
    }

    public Id<NumberOrder> Id { get; private set; }
    public PhoneNumber Number { get; private set; }

    /// <summary>ISO 3166.</summary>
    public string Country { get; private set; } = "";
    public LineType Type { get; private set; }

    /// <summary>What the number is to be switched on for.</summary>
    public AddOn AddOn { get; private set; }

    /// <summary>Euros a month as the carrier named them; null when it named none.</summary>
    public decimal? MonthlyCost { get; private set; }
    public string ById { get; private set; } = "";
    public string ByName { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public NumberOrderState State { get; private set; }

    /// <summary>Why it goes no further, in plain words; empty when nothing is wrong.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>When it is looked at again by itself; null: it is settled.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }
    public int Attempts { get; private set; }

    public bool IsSettled => State is NumberOrderState.Done or NumberOrderState.Refused;

    public Actor By => new(ById, ByName);

    /// <summary>The number is ours and costs rent. The carrier's word counts even after the order was given up.</summary>
    public void Bought(DateTimeOffset now)
    {
        if (State == NumberOrderState.Done)
        {
            throw new InvalidOperationException("The order is done.");
        }
        (State, Problem) = (NumberOrderState.Bought, "");
        NextAttemptAt ??= now;
    }

    /// <summary>It is linked and a line.</summary>
    public void Finish()
    {
        RefuseWhenSettled();
        (State, Problem, NextAttemptAt) = (NumberOrderState.Done, "", null);
    }

    /// <summary>Surely not bought.</summary>
    public void Refuse(string problem)
    {
        RefuseWhenSettled();
        (State, Problem, NextAttemptAt) = (NumberOrderState.Refused, problem, null);
    }

    /// <summary>No answer, or the step after the purchase was refused: look again later.</summary>
    public void Wait(string problem, DateTimeOffset now)
    {
        RefuseWhenSettled();
        Problem = problem;
        Attempts++;
        // One minute, doubling to an hour.
        NextAttemptAt = now + TimeSpan.FromMinutes(Math.Min(60, 1 << Math.Min(Attempts - 1, 6)));
    }

    /// <summary>The carrier does not list the number as ours. True when that is the end of it.</summary>
    public bool NotListed(DateTimeOffset now)
    {
        if (State == NumberOrderState.Buying && now - At >= ListedWithin)
        {
            Refuse(
                "The purchase did not go through: Vonage does not list the number as yours. Nothing was bought; try again."
            );
            return true;
        }
        Wait(
            "Vonage gave no clear answer to the purchase and does not list the number as yours yet. It is looked at again; nothing is bought twice.",
            now
        );
        return false;
    }

    private void RefuseWhenSettled()
    {
        if (IsSettled)
        {
            throw new InvalidOperationException("The order is settled.");
        }
    }
}

/// <summary>How far an order is.</summary>
public enum NumberOrderState
{
    /// <summary>The purchase may have left; whether it was made is not known.</summary>
    Buying,

    /// <summary>Ours, not yet a line.</summary>
    Bought,
    Done,
    Refused,
}
