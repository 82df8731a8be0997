using Clinic.Inbox.Data;

namespace Clinic.Inbox.Api;

/// <summary>The part of a list that is asked for.</summary>
/// <param name="Size">Most items.</param>
/// <param name="After">The last of the page before; null: from the start.</param>
/// <param name="Problem">Null when it can be served.</param>
internal sealed record ApiPage<TPlace>(int Size, TPlace? After, ApiProblem? Problem)
    where TPlace : struct;

/// <summary>
/// Reads which part of a list is asked for: <c>limit</c>, most items, is 1 to 200 and 50 when not given; <c>after</c> is the
/// <c>next</c> of the page before.
/// </summary>
internal static class ApiPage
{
    private const int Most = 200;
    private const int Usual = 50;

    private delegate bool Reading<TPlace>(string cursor, out TPlace place);

    /// <summary>Of a list by the age of its records.</summary>
    public static ApiPage<Id<T>> ByAge<T>(int? limit, string? after) =>
        Of<Id<T>>(limit, after, ApiCursor.TryRead<T>);

    /// <summary>Of a list by time, whatever its direction.</summary>
    public static ApiPage<(DateTimeOffset At, Id<T> Id)> ByTime<T>(int? limit, string? after) =>
        Of<(DateTimeOffset At, Id<T> Id)>(limit, after, ApiCursor.TryRead<T>);

    /// <summary>Of a list by last and first name.</summary>
    public static ApiPage<(string Last, string First, Id<T> Id)> ByName<T>(
        int? limit,
        string? after
    ) => Of<(string Last, string First, Id<T> Id)>(limit, after, ApiCursor.TryRead<T>);

    private static ApiPage<TPlace> Of<TPlace>(int? limit, string? after, Reading<TPlace> tryRead)
        where TPlace : struct
    {
        var size = limit ?? Usual;
        if (size is < 1 or > Most)
        {
            return Refused("limit", $"The limit is 1 to {Most}.");
        }
        if (string.IsNullOrEmpty(after))
        {
            return new(size, After: null, Problem: null);
        }
        return tryRead(after, out var place)
            ? new(size, place, Problem: null)
            : Refused("after", "This is not the next of a page before.");

        ApiPage<TPlace> Refused(string field, string problem) =>
            new(size, After: null, ApiProblem.Invalid(field, problem));
    }
}
