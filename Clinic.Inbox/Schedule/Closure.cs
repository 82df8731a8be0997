using Clinic.Inbox.Data;

namespace Clinic.Inbox.Schedule;

/// <summary>Days on which the clinic is closed: a holiday, a one-off closure.</summary>
public sealed class Closure
{
    /// <summary>Characters of a name.</summary>
    public const int LongestName = 100;

    private Closure() { }

    /// <exception cref="ArgumentException">It ends before it begins, lasts over a year, or has no name of at most 100 characters.</exception>
    public Closure(Id<Closure> id, DateOnly from, DateOnly to, string name)
    {
        if (Problem(from, to, name) is var (field, problem))
        {
            throw new ArgumentException(problem, field);
        }
        Id = id;
        From = from;
        To = to;
        Name = name.Trim();
    }

    /// <summary>What keeps it from being kept, and in which field (to or name); null when nothing does.</summary>
    public static (string Field, string Problem)? Problem(DateOnly from, DateOnly to, string name)
    {
        if (to < from || to.DayNumber - from.DayNumber > 366)
        {
            return (nameof(to), "A closure ends on or after the day it begins, within a year.");
        }
        return string.IsNullOrWhiteSpace(name) || name.Trim().Length > LongestName
            ? (nameof(name), $"A closure needs a name of at most {LongestName} characters.")
            : null;
    }

    public Id<Closure> Id { get; private set; }
    public DateOnly From { get; private set; }

    /// <summary>The last day, inclusive.</summary>
    public DateOnly To { get; private set; }
    public string Name { get; private set; } = "";
}
