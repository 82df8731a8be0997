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
        // The keys as the database folds them: SQLite knows only ASCII, PostgreSQL all letters.
        var rows = await found
            .Select(c => new
            {
                c.Id,
                Last = c.LastName.ToLower(),
                First = c.FirstName.ToLower(),
            })
            .OrderBy(c => c.Last)
            .ThenBy(c => c.First)
            .ThenBy(c => c.Id)
            .Take(limit + 1)
            .ToListAsync(cancellation);
        // The page's clients are read after it is known: each part of a split query would search again.
        var page = rows.Take(limit).ToList();
        var ids = page.ConvertAll(row => row.Id);
        var clients = await db
            .Clients.AsNoTracking()
            .Where(c => ids.Contains(c.Id))
            .WithPhonesAndPatients()
            .ToDictionaryAsync(c => c.Id, cancellation);
        return new ClientPage(
            [.. ids.Select(clients.GetValueOrDefault).OfType<Client>()],
            rows.Count > limit ? new ClientCursor(page[^1].Last, page[^1].First, ids[^1]) : null
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
        // PostgreSQL would go through all names: it believes that any word is in a few hundred.
        var sql = sqlite
            ? """
                SELECT c.* FROM "Clients" c WHERE c."Id" IN (
                  SELECT "ClientId" FROM "SearchNames" WHERE "ClientId" IS NOT NULL
                    AND "Id" IN (SELECT rowid FROM "SearchNamesIndex" WHERE "SearchNamesIndex" MATCH {0}))
                """
            : """
                SELECT c.* FROM "Clients" c WHERE c."Id" IN (
                  WITH found AS MATERIALIZED (SELECT "ClientId" FROM "SearchNames" WHERE "Vector" @@ CAST({0} AS tsquery))
                  SELECT "ClientId" FROM found WHERE "ClientId" IS NOT NULL)
                """;
        return words.IsEmpty
            ? db.Clients.Where(_ => false)
            : db.Clients.FromSqlRaw(sql, sqlite ? words.ForSqlite() : words.ForPostgres());
    }
}
