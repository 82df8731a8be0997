using System.Linq.Expressions;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Settings;

/// <summary>An entry as the list shows it; see <see cref="AuditEntry"/>.</summary>
public sealed record AuditRow(
    string Id,
    DateTimeOffset At,
    string Actor,
    string Action,
    string Subject,
    string Detail
);

/// <summary>One page of the log.</summary>
/// <param name="Number">From 1; the last one when more was asked for.</param>
public sealed record AuditPageRows(IReadOnlyList<AuditRow> Rows, int Number, int Total)
{
    public int First => Total == 0 ? 0 : ((Number - 1) * AuditLog.PageSize) + 1;
    public int Last => Math.Min(Number * AuditLog.PageSize, Total);
    public bool HasNewer => Number > 1;
    public bool HasOlder => Last < Total;
}

/// <summary>What sort of thing was done.</summary>
public enum AuditKind
{
    Read,
    Sent,
    Exported,
    Deleted,
    SignIn,

    /// <summary>Settings, clients, conversations: all that is none of the others.</summary>
    Changed,
}

/// <summary>What is looked for in the log.</summary>
/// <param name="Text">Part of a name, an action, a subject or a detail; null or blank for all.</param>
/// <param name="Kind">Null for all.</param>
/// <param name="From">The first instant.</param>
/// <param name="Before">The first instant after.</param>
public sealed record AuditSearch(
    string? Text = null,
    AuditKind? Kind = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Before = null
)
{
    public bool IsAll =>
        string.IsNullOrWhiteSpace(Text) && Kind is null && From is null && Before is null;
}

/// <summary>Reads who did what, when. Nothing changes it: see <see cref="AuditSchema"/>.</summary>
public sealed class AuditLog(IDbContextFactory<InboxDb> databases)
{
    public const int PageSize = 50;

    /// <summary>Most entries of one file.</summary>
    public const int MostExported = 50_000;

    /// <summary>How actions of a kind end (<c>*.read</c>) or begin (<c>user.*</c>).</summary>
    private static readonly Dictionary<AuditKind, string[]> Marks = new()
    {
        [AuditKind.Read] = ["*.read", "*.listed"],
        [AuditKind.Sent] = ["*.sent", "*.sentAgain", "*.resent", "*.retried", "*.askedByText"],
        [AuditKind.Exported] = ["*.exported", "*Exported"],
        [AuditKind.Deleted] = ["*.deleted", "*.purged", "*.removed", "*.revoked"],
        [AuditKind.SignIn] = ["user.*", "session.*"],
    };

    /// <summary>Newest first.</summary>
    /// <param name="number">From 1.</param>
    public async Task<AuditPageRows> PageAsync(
        AuditSearch search,
        int number,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = Find(db, search);
        var total = await found.CountAsync(cancellation);
        var last = Math.Max(1, (total + PageSize - 1) / PageSize);
        number = Math.Clamp(number, 1, last);
        var rows = await found
            .OrderByDescending(a => a.At)
            .ThenByDescending(a => a.Id)
            .Skip((number - 1) * PageSize)
            .Take(PageSize)
            .ToListAsync(cancellation);
        return new AuditPageRows([.. rows.Select(Row)], number, total);
    }

    /// <summary>All that is found, newest first.</summary>
    /// <param name="most">More are left out.</param>
    public async Task<(IReadOnlyList<AuditRow> Rows, bool IsCut)> AllAsync(
        AuditSearch search,
        int most,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await Find(db, search)
            .AsNoTracking()
            .OrderByDescending(a => a.At)
            .ThenByDescending(a => a.Id)
            .Take(most + 1)
            .ToListAsync(cancellation);
        return ([.. rows.Take(most).Select(Row)], rows.Count > most);
    }

    private static AuditRow Row(AuditEntry entry) =>
        new(
            entry.Id.ToString(),
            entry.At,
            entry.ActorName,
            entry.Action,
            entry.Subject,
            entry.Detail
        );

    private static IQueryable<AuditEntry> Find(InboxDb db, AuditSearch search)
    {
        IQueryable<AuditEntry> found = db.Audit;
        if (search.From is { } from)
        {
            found = found.Where(a => a.At >= from);
        }
        if (search.Before is { } before)
        {
            found = found.Where(a => a.At < before);
        }
        found = OfKind(found, search.Kind);
        if (search.Text?.Trim() is { Length: > 0 } typed)
        {
            var wanted = typed.ToLowerInvariant();
            // Actions are written "user.signedIn" and shown "User signed in": both are found.
            var squeezed = wanted.Replace(" ", "", StringComparison.Ordinal);
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // Translated to SQL's LOWER.
            found = found.Where(a =>
                a.ActorName.ToLower().Contains(wanted)
                // SQLite knows the small forms of A to Z alone: "Émile" is found as it is written.
                || a.ActorName.Contains(typed)
                || a.Action.ToLower().Replace(".", "").Contains(squeezed)
                || a.Action.ToLower().Contains(wanted)
                || a.Subject.Contains(wanted)
                || a.Detail.ToLower().Contains(wanted)
                || a.Detail.Contains(typed)
            );
#pragma warning restore CA1304, CA1311, CA1862, MA0011
        }
        return found;
    }

    private static IQueryable<AuditEntry> OfKind(IQueryable<AuditEntry> found, AuditKind? kind) =>
        kind switch
        {
            null => found,
            // Whatever is of no other kind.
            AuditKind.Changed => found.Where(Not(Any(Marks.Values.SelectMany(marks => marks)))),
            { } one => found.Where(Any(Marks[one])),
        };

    /// <summary>Actions that one of the patterns describes.</summary>
    private static Expression<Func<AuditEntry, bool>> Any(IEnumerable<string> patterns)
    {
        var entry = Expression.Parameter(typeof(AuditEntry), "a");
        var action = Expression.Property(entry, nameof(AuditEntry.Action));
        return Expression.Lambda<Func<AuditEntry, bool>>(
            patterns
                .Select(pattern =>
                    (Expression)
                        Expression.Call(
                            action,
                            typeof(string).GetMethod(
                                pattern[^1] == '*'
                                    ? nameof(string.StartsWith)
                                    : nameof(string.EndsWith),
                                [typeof(string)]
                            )!,
                            Expression.Constant(pattern.Trim('*'))
                        )
                )
                .Aggregate(Expression.OrElse),
            entry
        );
    }

    private static Expression<Func<AuditEntry, bool>> Not(
        Expression<Func<AuditEntry, bool>> which
    ) => Expression.Lambda<Func<AuditEntry, bool>>(Expression.Not(which.Body), which.Parameters);

    /// <summary>An action as people read it: <c>user.signedIn</c> is "User signed in".</summary>
    public static string Words(string action)
    {
        var words = new System.Text.StringBuilder();
        foreach (var letter in action)
        {
            if (letter == '.')
            {
                words.Append(' ');
            }
            else if (words.Length == 0)
            {
                words.Append(char.ToUpperInvariant(letter));
            }
            else if (char.IsUpper(letter))
            {
                words.Append(' ').Append(char.ToLowerInvariant(letter));
            }
            else
            {
                words.Append(letter);
            }
        }
        return words.ToString();
    }
}
