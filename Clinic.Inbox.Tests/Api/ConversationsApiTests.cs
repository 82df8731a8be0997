using System.Text.Json;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Api;

public sealed class ConversationsApiTests
{
    [Fact]
    public async Task A_text_is_read_answered_and_closed_over_the_api()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        using var received = await app.ReceiveAsync("14155550134", "Is Bella ready?");

        var conversation = Only(await api.GetAsync("conversations?state=open"));
        Assert.Equal("+14155550134", Text(conversation, "number"));
        Assert.Equal("open", Text(conversation, "state"));
        Assert.Equal(1, conversation.GetProperty("unread").GetInt32());
        Assert.Equal("Is Bella ready?", Text(conversation, "preview"));
        Assert.Equal(JsonValueKind.Null, conversation.GetProperty("clientId").ValueKind);
        var path = "conversations/" + Text(conversation, "id");

        var sent = await api.PostAsync(path + "/messages", new { text = "She is!" }, 202);
        Assert.Equal("outbound", Text(sent, "direction"));
        Assert.Equal("conversation", Text(sent, "kind"));
        Assert.Equal("She is!", Text(sent, "text"));
        Assert.True(sent.GetProperty("segments").GetInt32() >= 1);
        Assert.Equal(JsonValueKind.Array, sent.GetProperty("attachments").ValueKind);
        Assert.True(DateTimeOffset.TryParse(Text(sent, "sentAt"), out _));

        var messages = Items(await api.GetAsync(path + "/messages"));
        Assert.Equal(["inbound", "outbound"], messages.Select(m => Text(m, "direction")));

        var read = await api.PostAsync(path + "/read");
        Assert.Equal(0, read.GetProperty("unread").GetInt32());
        var unread = await api.PostAsync(path + "/unread");
        Assert.Equal(1, unread.GetProperty("unread").GetInt32());

        var closed = await api.PostAsync(path + "/close");
        Assert.Equal("closed", Text(closed, "state"));
        await api.FailAsync(HttpMethod.Post, path + "/close", null, 409, "conversationClosed");
        await api.FailAsync(
            HttpMethod.Post,
            path + "/messages",
            new { text = "Too late" },
            409,
            "conversationClosed"
        );
        Assert.Empty(Items(await api.GetAsync("conversations?state=open")));
        Only(await api.GetAsync("conversations?state=closed&q=0134"));
    }

    [Fact]
    public async Task Opening_twice_finds_the_one_that_is_open()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var line = Text(Only(await api.GetAsync("lines")), "id");

        var first = await api.PostAsync(
            "conversations",
            new { lineId = line, number = "(415) 555-0134" },
            201
        );
        var second = await api.PostAsync(
            "conversations",
            new { lineId = line, number = "+14155550134" },
            200
        );

        Assert.Equal(Text(first, "id"), Text(second, "id"));
        Assert.Equal("+14155550134", Text(first, "number"));
    }

    [Fact]
    public async Task A_list_goes_on_where_the_page_before_ended()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        for (var i = 0; i < 5; i++)
        {
            await api.PostAsync("conversations", new { number = $"+1415555010{i}" }, 201);
        }
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await api.GetAsync("conversations?limit=2&after=" + next);
            Assert.InRange(Items(page).Count, 1, 2);
            seen.AddRange(Items(page).Select(c => Text(c, "number")));
            next = page.GetProperty("next").GetString();
        } while (next is not null);

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task A_thread_is_paged_from_its_beginning()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        for (var i = 0; i < 5; i++)
        {
            using var received = await app.ReceiveAsync("14155550134", $"Text {i}");
        }
        var id = Text(Only(await api.GetAsync("conversations")), "id");

        var first = await api.GetAsync($"conversations/{id}/messages?limit=3");
        var rest = await api.GetAsync(
            $"conversations/{id}/messages?limit=3&after={first.GetProperty("next").GetString()}"
        );

        Assert.Equal(
            ["Text 0", "Text 1", "Text 2", "Text 3", "Text 4"],
            Items(first).Concat(Items(rest)).Select(m => Text(m, "text"))
        );
        Assert.Null(rest.GetProperty("next").GetString());
    }

    [Fact]
    public async Task What_can_not_be_sent_says_why()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var cold = await api.PostAsync("conversations", new { number = "+14155550135" }, 201);
        await api.FailAsync(
            HttpMethod.Post,
            $"conversations/{Text(cold, "id")}/messages",
            new { text = "Buy now" },
            422,
            "noConsent"
        );
        using var received = await app.ReceiveAsync("14155550134", "Hello");
        var warm = await api.GetAsync("conversations?q=0134");
        var path = $"conversations/{Text(Only(warm), "id")}/messages";
        await api.FailAsync(HttpMethod.Post, path, new { text = " \n " }, 422, "emptyText");
        await api.FailAsync(HttpMethod.Post, path, new { }, 422, "emptyText");
        await api.FailAsync(
            HttpMethod.Post,
            path,
            new { text = new string('x', 20_000) },
            422,
            "textTooLong"
        );
        using var stop = await app.ReceiveAsync("14155550134", "STOP");
        await api.FailAsync(HttpMethod.Post, path, new { text = "Hello" }, 422, "optedOut");
    }

    [Fact]
    public async Task Half_a_surrogate_pair_and_a_NUL_lose_no_text()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        using var received = await app.ReceiveAsync("14155550134", "Hello");
        var id = Text(Only(await api.GetAsync("conversations")), "id");

        var sent = await api.PostAsync(
            $"conversations/{id}/messages",
            """{"text":"a\ud83db\u0000c <script>alert(1)</script>"}""",
            202
        );

        Assert.Equal("a\ufffdb\ufffdc <script>alert(1)</script>", Text(sent, "text"));
    }

    [Fact]
    public async Task Deleting_needs_the_scope_manage_and_leaves_nothing()
    {
        await using var app = await InboxApp.StartAsync();
        using var writer = await app.ApiClientAsync("read", "write");
        using var manager = await app.ApiClientAsync("manage");
        using var received = await app.ReceiveAsync("14155550134", "Hello");
        var path = "conversations/" + Text(Only(await writer.GetAsync("conversations")), "id");
        var answer = new { text = "A secret answer" };
        await writer.PostAsync(path + "/messages", answer, 202, idempotencyKey: "once");

        await writer.FailAsync(HttpMethod.Delete, path, null, 403, "forbidden");
        await manager.SendAsync(HttpMethod.Delete, path, status: 204);

        await writer.FailAsync(HttpMethod.Get, path, null, 404, "notFound");
        await manager.FailAsync(HttpMethod.Delete, path, null, 404, "notFound");
        await using var db = app.Db();
        Assert.Empty(db.Messages);
        Assert.Empty(db.IdempotentAnswers);
    }

    [Fact]
    public async Task Every_keyword_and_segment_vector_is_analyzed_as_it_says()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        foreach (
            var vector in Vector.Lines("keywords.jsonl").Concat(Vector.Lines("segments.jsonl"))
        )
        {
            var analyzed = await api.PostAsync(
                "text/analyze",
                new { text = vector.GetProperty("text").GetString() }
            );
            foreach (var expected in vector.EnumerateObject().Where(p => p.Name != "text"))
            {
                Assert.Equal(
                    expected.Value.ToString(),
                    analyzed.GetProperty(expected.Name).ToString()
                );
            }
        }
        Assert.Equal(
            1,
            (await api.PostAsync("text/analyze", new { text = "€" }))
                .GetProperty("characters")
                .GetInt32()
        );
    }

    private static IReadOnlyList<JsonElement> Items(JsonElement list) =>
        [.. list.GetProperty("items").EnumerateArray()];

    private static JsonElement Only(JsonElement list) => Assert.Single(Items(list));

    private static string Text(JsonElement from, string name) =>
        from.GetProperty(name).GetString() ?? "";
}
