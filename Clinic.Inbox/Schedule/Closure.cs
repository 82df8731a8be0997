using Clinic.Inbox.Data;

namespace Clinic.Inbox.Schedule;

/// <summary>Days on which the clinic is closed: a holiday, a one-off closure.</summary>
public sealed class Closure
{
    private Closure() { }

    /// <exception cref="ArgumentException">It ends before it begins, lasts over a year, or has no name of at most 100 characters.</exception>
    public Closure(Id<Closure> id, DateOnly from, DateOnly to, string name)
    {
        if (to < from || to.DayNumber - from.DayNumber > 366)
        {
            throw new ArgumentException(
                "A closure ends on or after the day it begins, within a year.",
                nameof(to)
            );
        }
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
        {
            throw new ArgumentException(
                "A closure needs a name of at most 100 characters.",
                nameof(name)
            );
        }
        Id = id;
        From = from;
        To = to;
        Name = name.Trim();
    }

    public Id<Closure> Id { get; private set; }
    public DateOnly From { get; private set; }

    /// <summary>The last day, inclusive.</summary>
    public DateOnly To { get; private set; }
    public string Name { get; private set; } = "";
}
