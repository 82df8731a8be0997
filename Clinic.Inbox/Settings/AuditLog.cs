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

/// <summary>Reads who did what, when. Nothing changes it.</summary>
public sealed class AuditLog(IDbContextFactory<InboxDb> databases)
{
    public const int PageSize = 50;

    /// <summary>Newest first.</summary>
    /// <param name="text">Part of a name, an action, a subject or a detail; null or blank for all.</param>
    /// <param name="number">From 1.</param>
    public async Task<AuditPageRows> PageAsync(
        string? text,
        int number,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        IQueryable<AuditEntry> found = db.Audit;
        if (text?.Trim().ToLowerInvariant() is { Length: > 0 } wanted)
        {
            // Actions are written "user.signedIn" and shown "User signed in": both are found.
            var squeezed = wanted.Replace(" ", "", StringComparison.Ordinal);
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // Translated to SQL's LOWER.
            found = found.Where(a =>
                a.ActorName.ToLower().Contains(wanted)
                || a.Action.ToLower().Replace(".", "").Contains(squeezed)
                || a.Action.ToLower().Contains(wanted)
                || a.Subject.Contains(wanted)
                || a.Detail.ToLower().Contains(wanted)
            );
#pragma warning restore CA1304, CA1311, CA1862, MA0011
        }
        var total = await found.CountAsync(cancellation);
        var last = Math.Max(1, (total + PageSize - 1) / PageSize);
        number = Math.Clamp(number, 1, last);
        var rows = await found
            .OrderByDescending(a => a.At)
            .ThenByDescending(a => a.Id)
            .Skip((number - 1) * PageSize)
            .Take(PageSize)
            .ToListAsync(cancellation);
        return new AuditPageRows(
            [
                .. rows.Select(a => new AuditRow(
                    a.Id.ToString(),
                    a.At,
                    a.ActorName,
                    a.Action,
                    a.Subject,
                    a.Detail
                )),
            ],
            number,
            total
        );
    }

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
