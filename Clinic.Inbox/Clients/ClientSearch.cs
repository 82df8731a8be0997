using System.Globalization;
using System.Linq.Expressions;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>Where a list of clients goes on.</summary>
/// <param name="LastName">As the database folds it; only handed back, never shown.</param>
/// <param name="FirstName">As <paramref name="LastName"/>.</param>
public sealed record ClientCursor(string LastName, string FirstName, Id<Client> Id);

/// <summary>Some clients, by last and first name.</summary>
/// <param name="Next">Null: that was all.</param>
public sealed record ClientPage(IReadOnlyList<Client> Clients, ClientCursor? Next);

/// <summary>Finds clients by what somebody remembers of them.</summary>
internal static class ClientSearch
{
    /// <summary>What is typed beyond this is not looked at.</summary>
    private const int LongestText = 100;
    private const int MostWords = 6;

    /// <summary>Fewer digits would match almost every number.</summary>
    private const int LeastDigits = 3;

    public static async Task<ClientPage> PageAsync(
        InboxDb db,
        string? text,
        ClientCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var found = Matching(db.Clients.AsNoTracking(), text);
        if (after is not null)
        {
            // The id as text: EF knows no type for a cast parameter.
            var (last, first, id) = (after.LastName, after.FirstName, after.Id.ToString());
            found = found.Where(c =>
                string.Compare(c.LastName.ToLower(), last) > 0
                || (
                    c.LastName.ToLower() == last
                    && (
                        string.Compare(c.FirstName.ToLower(), first) > 0
                        || (
                            c.FirstName.ToLower() == first
                            && string.Compare((string)(object)c.Id, id) > 0
                        )
                    )
                )
            );
        }
        var rows = await found
            .OrderBy(c => c.LastName.ToLower())
            .ThenBy(c => c.FirstName.ToLower())
            .ThenBy(c => c.Id)
            .Take(limit + 1)
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .Include(c => c.Patients.OrderBy(p => p.Deceased).ThenBy(p => p.Name))
            .AsSplitQuery()
            // The keys as the database folds them: SQLite knows only ASCII, PostgreSQL all letters.
            .Select(c => new
            {
                Client = c,
                Last = c.LastName.ToLower(),
                First = c.FirstName.ToLower(),
            })
            .ToListAsync(cancellation);
        var more = rows.Count > limit ? rows[limit - 1] : null;
        return new ClientPage(
            [.. rows.Take(limit).Select(r => r.Client)],
            more is null ? null : new ClientCursor(more.Last, more.First, more.Client.Id)
        );
    }

    /// <summary>Every word must be found: in the name, the email, a patient's name or, as digits, in a number.</summary>
    public static IQueryable<Client> Matching(IQueryable<Client> clients, string? text)
    {
        text = text?.Trim() ?? "";
        text = text.Length > LongestText ? text[..LongestText] : text;
        var digits = Digits(text);
        if (digits.Length >= LeastDigits && !text.Any(char.IsLetter))
        {
            // "(415) 555-0134" is one thing, not three words.
            return clients.Where(WithNumber(digits));
        }
        foreach (
            var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Take(MostWords)
        )
        {
            clients = clients.Where(WithWord(word));
        }
        return clients;
    }

    private static Expression<Func<Client, bool>> WithWord(string word)
    {
        var lower = word.ToLowerInvariant();
        // SQLite folds ASCII only: "özgür" finds "Özgür" by its capital.
        var title = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(lower);
        var digits = Digits(word);
        var number = digits.Length >= LeastDigits && !word.Any(char.IsLetter) ? digits : "-";
        return c =>
            c.FirstName.ToLower().Contains(lower)
            || c.LastName.ToLower().Contains(lower)
            || c.FirstName.Contains(title)
            || c.LastName.Contains(title)
            || c.Email.ToLower().Contains(lower)
            || c.Patients.Any(p => p.Name.ToLower().Contains(lower) || p.Name.Contains(title))
            || c.Phones.Any(p => ((string)(object)p.Number).Contains(number));
    }

    private static Expression<Func<Client, bool>> WithNumber(string digits) =>
        c => c.Phones.Any(p => ((string)(object)p.Number).Contains(digits));

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
