using Clinic.Inbox.Data;
using Clinic.Inbox.Search;
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
    public static async Task<ClientPage> PageAsync(
        InboxDb db,
        SearchWords words,
        ClientCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var found = Matching(db, words).AsNoTracking();
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

    /// <summary>
    /// Every word must be found, as the beginning of one: in the name, the email, a patient's name or, as three digits or more,
    /// anywhere in a number.
    /// </summary>
    private static IQueryable<Client> Matching(InboxDb db, SearchWords words)
    {
        if (words.IsBlank)
        {
            return db.Clients;
        }
        var sqlite = db.Database.IsSqlite();
        var found = sqlite
            ? "SELECT rowid FROM \"SearchNamesIndex\" WHERE \"SearchNamesIndex\" MATCH {0}"
            : "SELECT \"Id\" FROM \"SearchNames\" WHERE \"Vector\" @@ CAST({0} AS tsquery)";
        var sql =
            $"SELECT c.* FROM \"Clients\" c WHERE c.\"Id\" IN (SELECT \"ClientId\" FROM \"SearchNames\" WHERE \"ClientId\" IS NOT NULL AND \"Id\" IN ({found}))";
        return words.IsEmpty
            ? db.Clients.Where(_ => false)
            : db.Clients.FromSqlRaw(sql, sqlite ? words.ForSqlite() : words.ForPostgres());
    }
}
