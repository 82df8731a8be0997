namespace Clinic.Inbox.Keeping;

/// <summary>How long closed conversations are kept; one row of the settings.</summary>
/// <param name="Months">After their closing; null: for good.</param>
/// <param name="From">Nothing is deleted by it before: time to think again.</param>
public sealed record RetentionSettings(int? Months = null, DateTimeOffset? From = null)
{
    public const string Key = "retention";

    /// <summary>Between the choice and the first deletion.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    public static readonly RetentionSettings Forever = new();

    /// <summary>The choices. Less than half a year would take what the desk still asks for.</summary>
    public static readonly IReadOnlyList<int> Choices = [6, 12, 24, 36, 60, 84, 120];

    /// <summary>What was closed before this is deleted now; null: nothing is.</summary>
    public DateTimeOffset? ClosedBefore(DateTimeOffset now) =>
        Months is { } months && From <= now ? Before(months, now) : null;

    public static DateTimeOffset Before(int months, DateTimeOffset now) => now.AddMonths(-months);

    /// <summary>A choice as people read it.</summary>
    public static string Words(int? months) =>
        months switch
        {
            null => "For good",
            12 => "1 year",
            { } some when some % 12 == 0 => $"{some / 12} years",
            { } some => $"{some} months",
        };
}
