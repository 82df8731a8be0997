using System.Globalization;
using System.Text.Json;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Search;

/// <summary>Takes what is marked into the index, in the caller's transaction.</summary>
internal static class SearchIndexing
{
    /// <summary>
    /// A text's place in the index: the second at which it was written, then 14 bits of order within it. Whatever is found
    /// comes newest first without being sorted.
    /// </summary>
    private const int OrderBits = 14;

    /// <summary>The last place of a second: no text has it.</summary>
    public const long LastOfSecond = (1L << OrderBits) - 1;

    /// <summary>The first place of the second of an instant, which is given in microseconds since 1970.</summary>
    public static long PlaceOf(long micros) => Math.DivRem(micros, 1_000_000).Quotient << OrderBits;

    /// <summary>Indexes at most <paramref name="most"/> of each kind. Returns how many marks were taken.</summary>
    public static async Task<int> DrainAsync(WriteSession session, int most)
    {
        await session.LockNameAsync("search index");
        return await ClientsAsync(session, most)
            + await ConversationsAsync(session, most)
            + await TextsAsync(session, most);
    }

    private static async Task<int> TextsAsync(WriteSession session, int most)
    {
        var ids = await TakeAsync(session, "Text", most);
        if (session.IsSqlite)
        {
            ids = [.. ids, .. await TakeNewAsync(session, most - ids.Length)];
        }
        if (ids.Length == 0)
        {
            return 0;
        }
        var texts = new List<(string Id, string Conversation, long At, string Words)>(ids.Length);
        await using (
            var reader = await session
                .Sql(
                    // Nothing but the ids is asked for: with more, SQLite may begin with another index and read every text.
                    $"SELECT \"Id\", \"ConversationId\", \"At\", \"Text\" FROM \"Messages\" WHERE \"Id\" {Among(session)}",
                    List(session, ids)
                )
                .ExecuteReaderAsync()
        )
        {
            while (await reader.ReadAsync())
            {
                var words = SearchText.Fold(reader.GetString(3));
                if (words.Length > 0 && !await reader.IsDBNullAsync(1))
                {
                    texts.Add(
                        (reader.GetString(0), reader.GetString(1), reader.GetInt64(2), words)
                    );
                }
            }
        }
        texts.Sort(
            (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Id, b.Id)
        );
        var places = new Places(session);
        var taken = new List<long>(texts.Count);
        foreach (var text in texts)
        {
            taken.Add(await places.NextAsync(text.At));
        }
        if (session.IsSqlite)
        {
            await InsertAsync(
                session,
                "SearchTexts",
                "\"Id\", \"MessageId\", \"ConversationId\", \"Words\"",
                [
                    .. texts.Select(
                        (t, i) => new object[] { taken[i], t.Id, t.Conversation, t.Words }
                    ),
                ]
            );
            return ids.Length;
        }
        await session
            .Sql(
                "INSERT INTO \"SearchTexts\" (\"Id\", \"MessageId\", \"ConversationId\", \"Words\") "
                    + "SELECT * FROM unnest(@p0::bigint[], @p1::text[], @p2::text[], @p3::text[]) ON CONFLICT (\"MessageId\") DO NOTHING",
                taken.ToArray(),
                texts.Select(t => t.Id).ToArray(),
                texts.Select(t => t.Conversation).ToArray(),
                texts.Select(t => t.Words).ToArray()
            )
            .ExecuteNonQueryAsync();
        return ids.Length;
    }

    private static async Task<int> ClientsAsync(WriteSession session, int most)
    {
        var ids = await TakeAsync(session, "Client", most);
        if (ids.Length == 0)
        {
            return 0;
        }
        var words = ids.ToDictionary(id => id, _ => (List<string>?)null, StringComparer.Ordinal);
        await ReadAsync(
            "SELECT \"Id\", \"FirstName\" || ' ' || \"LastName\" || ' ' || \"Email\" FROM \"Clients\" WHERE \"Id\"",
            (id, text) => words[id] = [SearchText.Fold(text)]
        );
        await ReadAsync(
            "SELECT \"ClientId\", \"Name\" FROM \"Patients\" WHERE \"ClientId\"",
            (id, text) => words[id]?.Add(SearchText.Fold(text))
        );
        await ReadAsync(
            "SELECT \"ClientId\", \"Number\" FROM \"ClientPhones\" WHERE \"ClientId\"",
            (id, text) => words[id]?.Add(SearchText.FoldNumber(text))
        );
        await ReplaceAsync(
            session,
            "ClientId",
            [
                .. words.Select(w =>
                    (w.Key, w.Value is null ? null : string.Join(' ', w.Value.Where(NotEmpty)))
                ),
            ]
        );
        return ids.Length;

        async Task ReadAsync(string select, Action<string, string> take)
        {
            await using var reader = await session
                .Sql($"{select} {Among(session)}", List(session, ids))
                .ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                take(reader.GetString(0), reader.GetString(1));
            }
        }
    }

    private static async Task<int> ConversationsAsync(WriteSession session, int most)
    {
        var ids = await TakeAsync(session, "Conversation", most);
        if (ids.Length == 0)
        {
            return 0;
        }
        var rows = new List<(string, string?)>(ids.Length);
        await using (
            var reader = await session
                .Sql(
                    $"SELECT \"Id\", \"Number\" FROM \"Conversations\" WHERE \"Id\" {Among(session)}",
                    List(session, ids)
                )
                .ExecuteReaderAsync()
        )
        {
            while (await reader.ReadAsync())
            {
                rows.Add((reader.GetString(0), SearchText.FoldNumber(reader.GetString(1))));
            }
        }
        await ReplaceAsync(session, "ConversationId", rows);
        return ids.Length;
    }

    /// <summary>Takes marks away; whoever changes the same thing later marks it again.</summary>
    private static async Task<string[]> TakeAsync(WriteSession session, string kind, int most)
    {
        var ids = new List<string>();
        await using var reader = await session
            .Sql(
                session.IsSqlite
                    ? """
                    DELETE FROM "SearchMarks" WHERE "Kind" = @p0 AND "Id" IN (
                      SELECT "Id" FROM "SearchMarks" WHERE "Kind" = @p0 ORDER BY "Id" LIMIT @p1) RETURNING "Id"
                    """
                    // By their places: joined by their ids, PostgreSQL may read all marks for each few.
                    : """
                    DELETE FROM "SearchMarks" WHERE ctid = ANY (ARRAY(
                      SELECT ctid FROM "SearchMarks" WHERE "Kind" = @p0 ORDER BY "Id" LIMIT @p1 FOR UPDATE SKIP LOCKED)) RETURNING "Id"
                    """,
                kind,
                most
            )
            .ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetString(0));
        }
        return [.. ids];
    }

    /// <summary>On SQLite: the next texts that were never looked at.</summary>
    private static async Task<List<string>> TakeNewAsync(WriteSession session, int most)
    {
        var ids = new List<string>();
        var reached = 0L;
        await using (
            var reader = await session
                .Sql(
                    "SELECT rowid, \"Id\" FROM \"Messages\" WHERE rowid > (SELECT \"Row\" FROM \"SearchReached\") ORDER BY rowid LIMIT @p0",
                    most
                )
                .ExecuteReaderAsync()
        )
        {
            while (await reader.ReadAsync())
            {
                reached = reader.GetInt64(0);
                ids.Add(reader.GetString(1));
            }
        }
        if (ids.Count > 0)
        {
            await session
                .Sql("UPDATE \"SearchReached\" SET \"Row\" = @p0", reached)
                .ExecuteNonQueryAsync();
        }
        return ids;
    }

    /// <param name="column">A name from code, never input.</param>
    /// <param name="rows">Whose words, and which; null: it is gone.</param>
    private static async Task ReplaceAsync(
        WriteSession session,
        string column,
        IReadOnlyList<(string Id, string? Words)> rows
    )
    {
        await session
            .Sql(
                $"DELETE FROM \"SearchNames\" WHERE \"{column}\" {Among(session)}",
                List(session, [.. rows.Select(r => r.Id)])
            )
            .ExecuteNonQueryAsync();
        var found = rows.Where(row => row.Words is { Length: > 0 }).ToList();
        if (session.IsSqlite)
        {
            await InsertAsync(
                session,
                "SearchNames",
                $"\"{column}\", \"Words\"",
                [.. found.Select(row => new object[] { row.Id, row.Words! })]
            );
            return;
        }
        await session
            .Sql(
                $"INSERT INTO \"SearchNames\" (\"{column}\", \"Words\") SELECT * FROM unnest(@p0::text[], @p1::text[])",
                found.Select(row => row.Id).ToArray(),
                found.Select(row => row.Words!).ToArray()
            )
            .ExecuteNonQueryAsync();
    }

    /// <summary>
    /// On SQLite: writes rows and their words into the index, each in one statement. A statement a row, or a trigger, would
    /// make FTS5 write its tree down after each of them, and merge it (1 ms a text in a large clinic, instead of some 20 µs).
    /// </summary>
    /// <param name="table">A name from code, never input; as <paramref name="columns"/>.</param>
    private static async Task InsertAsync(
        WriteSession session,
        string table,
        string columns,
        IReadOnlyList<object[]> rows
    )
    {
        var values = string.Join(
            ", ",
            Enumerable.Range(0, columns.Count(c => c == ',') + 1).Select(i => $"value ->> {i}")
        );
        var ids = new List<long>(rows.Count);
        await using (
            var reader = await session
                .Sql(
                    $"INSERT INTO \"{table}\" ({columns}) SELECT {values} FROM json_each(@p0) WHERE TRUE "
                        + "ON CONFLICT DO NOTHING RETURNING \"Id\"",
                    JsonSerializer.Serialize(rows)
                )
                .ExecuteReaderAsync()
        )
        {
            while (await reader.ReadAsync())
            {
                ids.Add(reader.GetInt64(0));
            }
        }
        await session
            .Sql(
                $"INSERT INTO \"{table}Index\" (rowid, \"Words\") SELECT \"Id\", \"Words\" FROM \"{table}\" "
                    + "WHERE \"Id\" IN (SELECT value FROM json_each(@p0)) ORDER BY \"Id\"",
                JsonSerializer.Serialize(ids)
            )
            .ExecuteNonQueryAsync();
    }

    private static bool NotEmpty(string text) => text.Length > 0;

    /// <summary>"is one of these", of the one parameter that <see cref="List"/> makes.</summary>
    private static string Among(WriteSession session) =>
        session.IsSqlite ? "IN (SELECT value FROM json_each(@p0))" : "= ANY(@p0)";

    private static object List(WriteSession session, string[] ids) =>
        session.IsSqlite ? JsonSerializer.Serialize(ids) : ids;

    /// <summary>Free places, second by second.</summary>
    private sealed class Places(WriteSession session)
    {
        private readonly Dictionary<long, long> _next = [];

        public async Task<long> NextAsync(long micros)
        {
            for (var first = PlaceOf(micros); ; first += LastOfSecond + 1)
            {
                if (!_next.TryGetValue(first, out var next))
                {
                    var last = await session
                        .Sql(
                            "SELECT MAX(\"Id\") FROM \"SearchTexts\" WHERE \"Id\" >= @p0 AND \"Id\" < @p1",
                            first,
                            first + LastOfSecond
                        )
                        .ExecuteScalarAsync();
                    next = last is null or DBNull
                        ? first
                        : Convert.ToInt64(last, CultureInfo.InvariantCulture) + 1;
                }
                if (next < first + LastOfSecond)
                {
                    _next[first] = next + 1;
                    return next;
                }
                // More than 16,000 texts in one second: the rest stand in the next.
                _next[first] = next;
            }
        }
    }
}
