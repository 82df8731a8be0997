using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Search;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Where found conversations go on: the last one that was shown.</summary>
/// <param name="Place">See <see cref="SearchIndexing.PlaceOf"/>.</param>
public sealed record SearchCursor(long Place, Id<Conversation> Id);

/// <summary>A conversation that was found, and by what.</summary>
/// <param name="At">When the text was written that was found; of its people: the last text.</param>
/// <param name="MessageId">The newest text with all the words; null: its people have them.</param>
/// <param name="Name">The client's name with what was found in it; null while nobody knows whose number it is.</param>
/// <param name="Excerpt">The text, a patient or the number; null: the name says it all.</param>
public sealed record InboxHit(
    ConversationRow Row,
    DateTimeOffset At,
    Id<Message>? MessageId,
    FoundText? Name,
    FoundText? Excerpt,
    SearchCursor Cursor
);

/// <summary>
/// Finds conversations, open and closed, in which all words are found: in one of their texts, or in what is known of their
/// people (the client's name, email, numbers, patients). Each is found once, by the newest thing; the newest comes first.
/// </summary>
public sealed class InboxSearch(IDbContextFactory<InboxDb> databases, SearchIndex index)
{
    /// <summary>How many conversations are looked at because of their people, newest first.</summary>
    private const int MostPeople = 2_000;

    /// <summary>How many clients are looked at that have the words.</summary>
    private const int MostClients = 1_000;

    /// <summary>Most texts that are taken from the index at once.</summary>
    private const int AtOnce = 200;

    /// <summary>How many texts are looked at for one page, where a filter refuses what is found.</summary>
    private const int MostHits = 5_000;

    /// <summary>Among how many of the newest texts PostgreSQL looks first, and then on: 2 and 10 ms.</summary>
    private const int FewNewest = 4_000;
    private const int MoreNewest = 20_000;

    /// <summary>A word that fewer than one in so many texts have is looked up in PostgreSQL's index, which gathers them all.</summary>
    private const int Rare = 400;

    /// <summary>Before every place.</summary>
    private const long End = long.MinValue;

    /// <param name="filter">With <see cref="InboxFilter.Search"/>; what else it says holds, too.</param>
    /// <param name="after">The cursor of the last one of the page before; null: from the newest.</param>
    /// <param name="limit">Most conversations, at least 1.</param>
    public async Task<IReadOnlyList<InboxHit>> FindAsync(
        InboxFilter filter,
        SearchCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var words = SearchWords.Of(filter.Search);
        if (words.IsEmpty)
        {
            return [];
        }
        await index.SettleAsync(cancellation);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var people = await PeopleAsync(db, filter, words, cancellation);
        var known = people.Select(p => p.Id).ToHashSet();
        var left = new Queue<Place>(after is null ? people : people.Where(p => p.IsAfter(after)));
        var page = new List<Place>(limit);
        await foreach (
            var (texts, reached) in TextsAsync(db, filter, words, after, known)
                .WithCancellation(cancellation)
        )
        {
            foreach (var text in texts)
            {
                AddPeople(next => next.IsBefore(text));
                if (page.Count < limit)
                {
                    page.Add(text);
                }
            }
            AddPeople(next => next.At >= reached);
            if (page.Count == limit)
            {
                break;
            }
        }
        AddPeople(_ => true);
        return await ShowAsync(db, page, words, cancellation);

        void AddPeople(Func<Place, bool> which)
        {
            while (page.Count < limit && left.TryPeek(out var next) && which(next))
            {
                page.Add(left.Dequeue());
            }
        }
    }

    /// <summary>Conversations of clients, and of numbers, that have the words.</summary>
    private static async Task<List<Place>> PeopleAsync(
        InboxDb db,
        InboxFilter filter,
        SearchWords words,
        CancellationToken cancellation
    )
    {
        var ids = await NamesAsync("ClientId", MostClients);
        // Of a conversation itself only its number is known.
        var numbers = words.MayBeNumber ? await NamesAsync("ConversationId", MostPeople) : [];
        var found = new Dictionary<Id<Conversation>, long>();
        var owners = ids.ConvertAll(Id<Client>.Parse);
        var conversations = numbers.ConvertAll(Id<Conversation>.Parse);
        // PostgreSQL takes a list as one parameter, SQLite an element as one.
        var together = db.Database.IsSqlite() ? 500 : MostPeople;
        foreach (var some in owners.Chunk(together))
        {
            await AddAsync(c => c.ClientId != null && some.Contains(c.ClientId.Value));
        }
        foreach (var some in conversations.Chunk(together))
        {
            await AddAsync(c => some.Contains(c.Id));
        }
        return
        [
            .. found
                .Select(f => new Place(
                    SearchIndexing.PlaceOf(f.Value) | SearchIndexing.LastOfSecond,
                    f.Key,
                    Text: null
                ))
                .OrderByDescending(p => p.At)
                .ThenByDescending(p => p.Id.Value)
                .Take(MostPeople),
        ];

        // Its parts are names from code; what was typed is a parameter. PostgreSQL would read the table in its order until enough
        // is found, which is all of it for a rare word: so the index gathers first.
        Task<List<string>> NamesAsync(string owner, int most) =>
            db
                .Database.SqlQueryRaw<string>(
                    db.Database.IsSqlite()
                        ? $$"""
                        SELECT n."{{owner}}" AS "Value" FROM "SearchNames" n WHERE n."{{owner}}" IS NOT NULL
                          AND n."Id" IN (SELECT rowid FROM "SearchNamesIndex" WHERE "SearchNamesIndex" MATCH {0})
                        ORDER BY n."Id" DESC LIMIT {{most}}
                        """
                        : $$"""
                        WITH found AS MATERIALIZED (
                          SELECT "Id", "{{owner}}" FROM "SearchNames" WHERE "Vector" @@ CAST({0} AS tsquery))
                        SELECT "{{owner}}" AS "Value" FROM found WHERE "{{owner}}" IS NOT NULL ORDER BY "Id" DESC LIMIT {{most}}
                        """,
                    Asked(db, words)
                )
                .ToListAsync(cancellation);

        async Task AddAsync(System.Linq.Expressions.Expression<Func<Conversation, bool>> which)
        {
            var rows = await InboxQueries
                .Matching(db, filter)
                .Where(which)
                .OrderByDescending(c => c.LastMessageAt)
                .Take(MostPeople)
                .Select(c => new { c.Id, c.LastMessageAt })
                .ToListAsync(cancellation);
            rows.ForEach(row => found[row.Id] = Micros.Of(row.LastMessageAt));
        }
    }

    /// <summary>
    /// Conversations by their newest text that has the words, newest first, in stretches. Also an empty one tells how far it
    /// reached: who is found by their people need not wait for a text that is older.
    /// </summary>
    /// <param name="known">Found by their people: not found again.</param>
    private static async IAsyncEnumerable<Stretch<Place>> TextsAsync(
        InboxDb db,
        InboxFilter filter,
        SearchWords words,
        SearchCursor? after,
        HashSet<Id<Conversation>> known,
        [System.Runtime.CompilerServices.EnumeratorCancellation]
            CancellationToken cancellation = default
    )
    {
        var seen = new HashSet<Id<Conversation>>(known);
        var left = MostHits;
        await foreach (
            var (hits, reached) in HitsAsync(db, words, after?.Place ?? long.MaxValue)
                .WithCancellation(cancellation)
        )
        {
            var fresh = hits.Where(hit => seen.Add(hit.Conversation))
                .ToDictionary(hit => hit.Conversation);
            var shown = await WantedAsync(db, filter, [.. fresh.Keys], cancellation);
            if (after is not null)
            {
                shown.ExceptWith(await ShownBeforeAsync(db, shown, after, words, cancellation));
            }
            yield return new Stretch<Place>(
                [
                    .. fresh
                        .Values.Where(hit => shown.Contains(hit.Conversation))
                        .Select(hit => new Place(hit.Place, hit.Conversation, hit.Message)),
                ],
                reached
            );
            left -= hits.Count;
            if (left <= 0)
            {
                yield break;
            }
        }
    }

    /// <summary>Texts that have the words, newest first, in stretches.</summary>
    private static async IAsyncEnumerable<Stretch<Hit>> HitsAsync(
        InboxDb db,
        SearchWords words,
        long before,
        [System.Runtime.CompilerServices.EnumeratorCancellation]
            CancellationToken cancellation = default
    )
    {
        var sqlite = db.Database.IsSqlite();
        for (var among = FewNewest; !sqlite; among = MoreNewest)
        {
            // PostgreSQL's index gathers all there are before it orders them. What many texts have is found among the newest.
            var hits = await ReadAsync(
                $$"""
                SELECT "Id" AS "Place", "MessageId", "ConversationId" FROM (
                  SELECT * FROM "SearchTexts" WHERE "Id" < {1} ORDER BY "Id" DESC LIMIT {{among}}) AS newest
                WHERE "Vector" @@ CAST({0} AS tsquery) ORDER BY "Id" DESC LIMIT {2}
                """
            );
            var reached =
                hits.Count == AtOnce
                    ? hits[^1].Place
                    : await ReachedAsync(db, before, among, cancellation);
            yield return new Stretch<Hit>(hits, reached);
            if (reached == End)
            {
                yield break;
            }
            before = reached;
            if (hits.Count < among / Rare)
            {
                break;
            }
        }
        while (true)
        {
            var hits = await ReadAsync(
                sqlite
                    // The index gives them in the order of their places, which is the order of time.
                    ? """
                    SELECT t."Id" AS "Place", t."MessageId" AS "MessageId", t."ConversationId" AS "ConversationId"
                    FROM "SearchTextsIndex" i CROSS JOIN "SearchTexts" t ON t."Id" = i.rowid
                    WHERE "SearchTextsIndex" MATCH {0} AND i.rowid < {1} ORDER BY i.rowid DESC LIMIT {2}
                    """
                    : """
                    WITH found AS MATERIALIZED (
                      SELECT "Id", "MessageId", "ConversationId" FROM "SearchTexts"
                      WHERE "Vector" @@ CAST({0} AS tsquery) AND "Id" < {1})
                    SELECT "Id" AS "Place", "MessageId", "ConversationId" FROM found ORDER BY "Id" DESC LIMIT {2}
                    """
            );
            before = hits.Count == AtOnce ? hits[^1].Place : End;
            yield return new Stretch<Hit>(hits, before);
            if (before == End)
            {
                yield break;
            }
        }

        async Task<List<Hit>> ReadAsync(string sql)
        {
            var rows = await db
                .Database.SqlQueryRaw<HitRow>(sql, Asked(db, words), before, AtOnce)
                .ToListAsync(cancellation);
            return rows.ConvertAll(row => new Hit(
                row.Place,
                Id<Message>.Parse(row.MessageId),
                Id<Conversation>.Parse(row.ConversationId)
            ));
        }
    }

    /// <summary>The place of the last of so many texts; <see cref="End"/> when there are not so many.</summary>
    private static async Task<long> ReachedAsync(
        InboxDb db,
        long before,
        int texts,
        CancellationToken cancellation
    ) =>
        await db
            .Database.SqlQueryRaw<long?>(
                """
                SELECT (
                  SELECT "Id" FROM "SearchTexts" WHERE "Id" < {0} ORDER BY "Id" DESC OFFSET {1} LIMIT 1) AS "Value"
                """,
                before,
                texts - 1
            )
            .SingleAsync(cancellation)
        ?? End;

    private static async Task<HashSet<Id<Conversation>>> WantedAsync(
        InboxDb db,
        InboxFilter filter,
        IReadOnlyList<Id<Conversation>> found,
        CancellationToken cancellation
    ) =>
        found.Count == 0
            ? []
            :
            [
                .. await InboxQueries
                    .Matching(db, filter)
                    .Where(c => found.Contains(c.Id))
                    .Select(c => c.Id)
                    .ToListAsync(cancellation),
            ];

    /// <summary>Those that have the words in a newer text, too: a page before showed them.</summary>
    private static async Task<HashSet<Id<Conversation>>> ShownBeforeAsync(
        InboxDb db,
        IReadOnlyCollection<Id<Conversation>> found,
        SearchCursor after,
        SearchWords words,
        CancellationToken cancellation
    )
    {
        var before = new HashSet<Id<Conversation>>();
        foreach (var id in found)
        {
            var newer = db
                .Database.SqlQueryRaw<string>(
                    "SELECT \"Words\" AS \"Value\" FROM \"SearchTexts\" WHERE \"ConversationId\" = {0} AND \"Id\" >= {1}",
                    id.ToString(),
                    after.Place
                )
                .AsAsyncEnumerable();
            await foreach (var text in newer.WithCancellation(cancellation))
            {
                if (words.AreIn(text))
                {
                    before.Add(id);
                    break;
                }
            }
        }
        return before;
    }

    private static async Task<IReadOnlyList<InboxHit>> ShowAsync(
        InboxDb db,
        List<Place> page,
        SearchWords words,
        CancellationToken cancellation
    )
    {
        var ids = page.ConvertAll(p => p.Id);
        var rows = await db
            .Conversations.AsNoTracking()
            .Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, ConversationRow.Of, cancellation);
        var messageIds = page.Where(p => p.Text is not null).Select(p => p.Text!.Value).ToList();
        var texts = await db
            .Messages.Where(m => messageIds.Contains(m.Id))
            .Select(m => new
            {
                m.Id,
                m.Text,
                m.At,
            })
            .ToDictionaryAsync(m => m.Id, cancellation);
        var owners = page.Where(p => p.Text is null)
            .Select(p => rows.GetValueOrDefault(p.Id)?.ClientId)
            .OfType<Id<Client>>()
            .Distinct()
            .ToList();
        var patients = await db
            .Patients.Where(p => owners.Contains(p.ClientId))
            .OrderBy(p => p.Name)
            .Select(p => new { p.ClientId, p.Name })
            .ToListAsync(cancellation);
        var byOwner = patients.ToLookup(p => p.ClientId, p => p.Name);
        var hits = new List<InboxHit>(page.Count);
        foreach (var place in page)
        {
            // Deleted in between: it is found no more.
            if (rows.GetValueOrDefault(place.Id) is not { } row)
            {
                continue;
            }
            var cursor = new SearchCursor(place.At, place.Id);
            var name = row.ClientName is null ? null : FoundText.Of(row.ClientName, words);
            if (place.Text is not { } text)
            {
                hits.Add(new(row, row.LastMessageAt, null, name, Why(row, byOwner, words), cursor));
            }
            else if (texts.TryGetValue(text, out var found))
            {
                hits.Add(new(row, found.At, text, name, FoundText.Of(found.Text, words), cursor));
            }
        }
        return hits;
    }

    private static FoundText? Why(
        ConversationRow row,
        ILookup<Id<Client>, string> patients,
        SearchWords words
    )
    {
        if (row.ClientId is { } client)
        {
            var names = FoundText.Of(string.Join(", ", patients[client]), words);
            if (names.HasMark)
            {
                return names;
            }
        }
        return words.AnyIsIn(row.Number.Value) ? FoundText.Whole(row.Number.Value) : null;
    }

    private static string Asked(InboxDb db, SearchWords words) =>
        db.Database.IsSqlite() ? words.ForSqlite() : words.ForPostgres();

    /// <summary>What was found in some of the texts.</summary>
    /// <param name="Reached">All texts at this place and after it were looked at; <see cref="End"/>: all there are.</param>
    private sealed record Stretch<T>(List<T> Found, long Reached);

    private sealed record HitRow(long Place, string MessageId, string ConversationId);

    private sealed record Hit(long Place, Id<Message> Message, Id<Conversation> Conversation);

    /// <param name="At">Its place in time.</param>
    /// <param name="Text">The text that was found; null: its people.</param>
    private sealed record Place(long At, Id<Conversation> Id, Id<Message>? Text)
    {
        public bool IsAfter(SearchCursor cursor) =>
            At != cursor.Place ? At < cursor.Place : Id.Value.CompareTo(cursor.Id.Value) < 0;

        public bool IsBefore(Place other) =>
            At != other.At ? At > other.At : Id.Value.CompareTo(other.Id.Value) > 0;
    }
}
