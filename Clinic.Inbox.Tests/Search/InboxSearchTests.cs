using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Search;
using Clinic.Inbox.Tests.Fixtures;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Search;

public sealed class InboxSearchOnSqliteTests(SqliteWalk walk)
    : InboxSearchTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class InboxSearchOnPostgresTests(PostgresWalk walk)
    : InboxSearchTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>What somebody remembers of a conversation finds it.</summary>
public abstract class InboxSearchTests(Walk walk)
{
    private static readonly Actor Manager = new("u1", "Sam");
    private static int _words;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_is_found_by_the_beginnings_of_its_words_whatever_the_accents()
    {
        var phone = await walk.SceneAsync();
        var word = NewWord();
        var row = await phone.HearsAsync($"Zoë had her {word}ing today");

        foreach (var typed in new[] { word, $"zoe {word}", $"{word}ING Zoë", $"  {word}\" * " })
        {
            var hit = Assert.Single(await FindAsync(phone, typed));
            Assert.Equal(row.Id, hit.Row.Id);
            Assert.NotNull(hit.MessageId);
            Assert.Contains(hit.Excerpt!.Parts, p => p.Marked && p.Text == word + "ing");
        }
        Assert.Empty(await FindAsync(phone, $"{word} rex"));
        Assert.Empty(await FindAsync(phone, "ing" + word));
    }

    [Fact]
    public async Task Closed_conversations_are_found_too_the_newest_first_and_each_once()
    {
        var first = await walk.SceneAsync();
        var second = first.AnotherPhone();
        var word = NewWord();
        var closed = await first.HearsAsync($"The {word} is red");
        await first.HearsAsync($"Still {word}, sorry");
        await first.Desk.CloseAsync(closed.Id, Manager, Cancellation);
        await Task.Delay(1_100, Cancellation);
        var open = await second.HearsAsync($"No {word} here");

        var hits = await FindAsync(first, word);

        Assert.Equal([open.Id, closed.Id], hits.Select(h => h.Row.Id));
        Assert.Equal(ConversationState.Closed, hits[1].Row.State);
        var openOnly = new InboxFilter(LineId: first.Line.Id, Search: word);
        Assert.Equal(
            open.Id,
            Assert.Single(await Search.FindAsync(openOnly, null, 10, Cancellation)).Row.Id
        );
    }

    [Fact]
    public async Task Pages_bring_every_conversation_once()
    {
        var scene = await walk.SceneAsync();
        var word = NewWord();
        var wanted = new HashSet<Id<Conversation>>();
        for (var i = 0; i < 7; i++)
        {
            var phone = scene.AnotherPhone();
            wanted.Add((await phone.HearsAsync($"{word} one")).Id);
            await phone.HearsAsync($"{word} two");
        }

        var seen = new List<Id<Conversation>>();
        SearchCursor? after = null;
        while (true)
        {
            var page = await Search.FindAsync(
                new InboxFilter(State: null, Search: word),
                after,
                3,
                Cancellation
            );
            if (page.Count == 0)
            {
                break;
            }
            seen.AddRange(page.Select(h => h.Row.Id));
            after = page[^1].Cursor;
        }

        Assert.Equal(7, seen.Count);
        Assert.Equal(wanted, seen.ToHashSet());
    }

    [Fact]
    public async Task A_conversation_is_found_by_its_client_its_patients_and_its_number()
    {
        var phone = await walk.SceneAsync();
        var (name, animal) = (NewWord(), NewWord());
        var client = await phone.ClientAsync("Renée", name);
        await walk
            .App.Get<PatientBook>()
            .AddAsync(
                client.Id,
                new PatientDraft { Name = animal, Species = "Dog" },
                Manager,
                Cancellation
            );
        var row = await phone.HearsAsync("Hello");

        foreach (
            var typed in new[]
            {
                $"renee {name}",
                name[..5],
                animal,
                phone.Number.Digits,
                phone.Number.Digits[^7..],
                $"{name} {phone.Number.Digits[^7..]}",
            }
        )
        {
            Assert.Equal(row.Id, Assert.Single(await FindAsync(phone, typed)).Row.Id);
        }
        Assert.True((await FindAsync(phone, name))[0].Name!.HasMark);
        Assert.True((await FindAsync(phone, animal))[0].Excerpt!.HasMark);
        Assert.Empty(await FindAsync(phone, phone.Number.Digits[^2..]));
    }

    [Fact]
    public async Task A_client_who_is_renamed_is_found_by_the_new_name_only()
    {
        var phone = await walk.SceneAsync();
        var (before, after) = (NewWord(), NewWord());
        var client = await phone.ClientAsync("Ana", before);
        await phone.HearsAsync("Hello");
        Assert.Single(await FindAsync(phone, before));

        await walk
            .App.Get<ClientBook>()
            .UpdateAsync(client.Id, new ClientDraft { LastName = after }, Manager, Cancellation);

        Assert.Empty(await FindAsync(phone, before));
        Assert.Single(await FindAsync(phone, after));
    }

    [Fact]
    public async Task What_is_deleted_is_found_no_more()
    {
        var phone = await walk.SceneAsync();
        var word = NewWord();
        var row = await phone.HearsAsync($"Please forget {word}");
        Assert.Single(await FindAsync(phone, word));

        await walk.App.Get<DeletingConversations>().DeleteAsync(row.Id, Manager, Cancellation);

        Assert.Empty(await FindAsync(phone, word));
        await using var db = walk.App.Db();
        var left = await db
            .Database.SqlQueryRaw<string>(
                "SELECT \"Words\" AS \"Value\" FROM \"SearchTexts\" WHERE \"ConversationId\" = {0}",
                row.Id.ToString()
            )
            .ToListAsync(Cancellation);
        Assert.Empty(left);
    }

    [Fact]
    public async Task What_comes_after_the_newest_text_was_deleted_is_found()
    {
        var phone = await walk.SceneAsync();
        var other = phone.AnotherPhone();
        var word = NewWord();
        var row = await phone.HearsAsync($"Please forget {word}");
        Assert.Single(await FindAsync(phone, word));
        await walk.App.Get<DeletingConversations>().DeleteAsync(row.Id, Manager, Cancellation);

        // SQLite gives it the row number that the deleted one had.
        var next = await other.HearsAsync($"Please remember {word}");

        Assert.Equal(next.Id, Assert.Single(await FindAsync(other, word)).Row.Id);
    }

    [Fact]
    public async Task An_index_that_is_lost_is_made_anew_at_the_start()
    {
        var phone = await walk.SceneAsync();
        var word = NewWord();
        await phone.HearsAsync($"Remember {word}");
        Assert.Single(await FindAsync(phone, word));
        await using (var db = walk.App.Db())
        {
            await db.Database.ExecuteSqlRawAsync(
                "DELETE FROM \"Settings\" WHERE \"Key\" = 'search.version'",
                Cancellation
            );
        }

        await walk.StopAsync();
        await walk.StartAsync();

        await Eventually.IsTrueAsync(
            async () => (await FindAsync(phone, word)).Count == 1,
            "the text is found again"
        );
    }

    [Fact]
    public async Task Nothing_that_is_typed_makes_the_search_fail()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        var typed = Gen.OneOf(
            Gen.String[0, 40],
            Gen.OneOfConst(
                    "\"",
                    "'",
                    "*",
                    "(",
                    ")",
                    "-",
                    ":",
                    "^",
                    "+",
                    "&",
                    "|",
                    "!",
                    "<->",
                    " AND ",
                    " OR ",
                    " NOT ",
                    "NEAR(",
                    "\0",
                    "\\",
                    "ß",
                    "\ud83d",
                    "a",
                    "12",
                    "½",
                    "é",
                    "\u0301",
                    "ﬁ",
                    "\u0e31",
                    " "
                )
                .Array[0, 12]
                .Select(string.Concat)
        );

        await typed.SampleAsync(
            async text =>
            {
                await FindAsync(phone, text);
                await walk.App.Get<ClientBook>().SearchAsync(text, null, 5, Cancellation);
            },
            iter: 200,
            threads: 1
        );
    }

    [Fact]
    public async Task Whatever_a_client_texts_is_indexed_and_found_by_its_own_words()
    {
        var phone = await walk.SceneAsync();
        var word = NewWord();

        await phone.HearsAsync($"<script>alert('{word}')</script> ½ ² ﬁ 犬 \u0e31 1e5 a-b");

        var hit = Assert.Single(await FindAsync(phone, $"script {word}"));
        Assert.Equal(
            $"<script>alert('{word}')</script> ½ ² ﬁ 犬 \u0e31 1e5 a-b",
            string.Concat(hit.Excerpt!.Parts.Select(p => p.Text))
        );
        Assert.Single(await FindAsync(phone, $"{word} 1e5 fi 犬"));
    }

    [Fact]
    public async Task What_lies_below_thousands_of_texts_is_found_in_its_order()
    {
        await using var own = Walk.On(walk.Kind);
        var first = await own.SceneAsync();
        var second = first.AnotherPhone();
        var third = first.AnotherPhone();
        var (seldom, often) = (NewWord(), NewWord());
        var old = await first.HearsAsync($"{seldom} and {often}");
        var older = await second.HearsAsync($"Also {often}");
        await third.ClientAsync("Ana", often);
        var known = await third.HearsAsync("Hello");
        await Eventually.IsTrueAsync(
            async () => await own.App.Get<SearchIndex>().WaitingAsync(1, Cancellation) == 0,
            "everything is indexed"
        );
        // Newer ones, of which one in a hundred has the word, in a conversation that its client's name brings.
        await AddTextsAsync(own, 30_000, every: 100, often, known.Id);

        Assert.Equal(old.Id, Assert.Single(await FindAsync(seldom, null, 10)).Row.Id);
        Assert.Equal(
            [known.Id, older.Id, old.Id],
            (await FindAsync(often, null, 10)).Select(hit => hit.Row.Id)
        );
        var pages = new List<Id<Conversation>>();
        SearchCursor? after = null;
        while (await FindAsync(often, after, 1) is [var hit])
        {
            pages.Add(hit.Row.Id);
            after = hit.Cursor;
        }
        Assert.Equal([known.Id, older.Id, old.Id], pages);

        Task<IReadOnlyList<InboxHit>> FindAsync(string typed, SearchCursor? cursor, int most) =>
            own
                .App.Get<InboxSearch>()
                .FindAsync(new InboxFilter(State: null, Search: typed), cursor, most, Cancellation);
    }

    /// <summary>Texts as the index knows them, newer than all others.</summary>
    private static async Task AddTextsAsync(
        Walk walk,
        int count,
        int every,
        string word,
        Id<Conversation> conversation
    )
    {
        await using var db = walk.App.Db();
        var sqlite = db.Database.IsSqlite();
        var numbers = sqlite
            ? "WITH RECURSIVE n(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < {0})"
            : "WITH n(g) AS (SELECT generate_series(1, {0}))";
        var id = sqlite ? "printf('%032x', g)" : "lpad(to_hex(g), 32, '0')";
        var texts = $$"""
            {{numbers}}
            INSERT INTO "SearchTexts" ("Id", "MessageId", "ConversationId", "Words")
            SELECT (SELECT MAX("Id") FROM "SearchTexts") + g, {{id}}, {3}, CASE WHEN g % {1} = 0 THEN {2} ELSE 'hello' END FROM n
            """;
        await db.Database.ExecuteSqlRawAsync(
            texts,
            [count, every, word, conversation.ToString()],
            Cancellation
        );
        if (sqlite)
        {
            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO \"SearchTextsIndex\" (\"SearchTextsIndex\") VALUES ('rebuild')",
                Cancellation
            );
        }
    }

    private InboxSearch Search => walk.App.Get<InboxSearch>();

    private Task<IReadOnlyList<InboxHit>> FindAsync(Scene phone, string typed) =>
        walk
            .App.Get<InboxSearch>()
            .FindAsync(
                new InboxFilter(State: null, LineId: phone.Line.Id, Search: typed),
                after: null,
                50,
                Cancellation
            );

    /// <summary>A word that no other test uses, of letters.</summary>
    private static string NewWord()
    {
        var n = Interlocked.Increment(ref _words);
        return "word"
            + string.Concat(n.ToString("0000").Select(d => (char)('a' + (d - '0'))))
            + "x";
    }
}
