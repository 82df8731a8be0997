using System.Net;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Api;

public sealed class ApiErrorsTests
{
    [Fact]
    public async Task A_bad_request_is_told_what_is_wrong_and_where()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write", "manage");
        var post = HttpMethod.Post;
        var get = HttpMethod.Get;

        await api.FailAsync(post, "conversations", "{not json", 400, "invalidJson");
        await api.FailAsync(post, "conversations", "", 400, "invalidJson");
        await api.FailAsync(post, "conversations", "null", 400, "invalidJson");
        var nested = new string('[', 5_000) + new string(']', 5_000);
        await api.FailAsync(
            post,
            "conversations",
            $$"""{"other":{{nested}}}""",
            400,
            "invalidJson"
        );
        await Names("number", post, "conversations", """{"number":5}""");
        await Names("number", post, "conversations", new { number = "call me" });
        await Names("number", post, "conversations", new { number = "12345" });
        await Names("number", post, "conversations", new { number = "+999999999999999999" });
        await Names("number", post, "conversations", new { });
        await Names("addNumber", post, "conversations/x/assign", """{"addNumber":"yes"}""");
        await Names("limit", get, "conversations?limit=abc");
        await Names("from", get, "appointments?limit=5&from=soon");
        await Names("limit", get, "conversations?limit=0");
        await Names("limit", get, "conversations?limit=201");
        await Names("after", get, "conversations?after=nonsense!");
        await Names("after", get, "conversations?after=bm9uc2Vuc2U");
        await Names("state", get, "conversations?state=half");
        await Names("text", post, "text/analyze", new { });
        await api.FailAsync(
            post,
            "conversations",
            new { lineId = "nowhere", number = "+14155550134" },
            422,
            "unknownLine"
        );
        await api.FailAsync(
            post,
            "conversations",
            new { clientId = "nobody" },
            422,
            "unknownClient"
        );
        await api.FailAsync(get, "conversations/nothing", null, 404, "notFound");
        await api.FailAsync(get, "conversations/nothing/messages", null, 404, "notFound");
        await api.FailAsync(
            post,
            "conversations/nothing/messages",
            new { text = "Hello" },
            404,
            "notFound"
        );
        await api.FailAsync(get, "nothing", null, 404, "notFound");
        await api.FailAsync(post, "nothing", null, 404, "notFound");
        await api.FailAsync(HttpMethod.Delete, "conversations/a/b/c", null, 404, "notFound");
        await api.FailAsync(HttpMethod.Patch, "lines", null, 405, "methodNotAllowed");
        await api.FailAsync(get, "text/analyze", null, 405, "methodNotAllowed");
        using var refused = await api.Http.PutAsync(
            "conversations",
            content: null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["GET", "POST"], refused.Content.Headers.Allow.Order());

        async Task Names(string field, HttpMethod method, string path, object? body = null)
        {
            var problem = await api.FailAsync(method, path, body, 400, "validation");
            Assert.True(
                problem.GetProperty("errors").TryGetProperty(field, out _),
                problem.ToString()
            );
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_is_refused()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        // Asks whether to send it: the app hangs up on a body that is too large while it is still coming.
        api.Http.DefaultRequestHeaders.ExpectContinue = true;

        await api.FailAsync(
            HttpMethod.Post,
            "text/analyze",
            JsonSerializer.Serialize(new { text = new string('x', 300_000) }),
            413,
            "tooLarge"
        );
        using var form = new StringContent("text=Hello", Encoding.UTF8, "text/plain");
        using var answer = await api.Http.PostAsync(
            "text/analyze",
            form,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_search_for_anything_is_never_a_fault()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        foreach (
            var q in (string[])["\"", "'", "%", "_", "*", "NEAR(", "col:", "\\", "\0", "😀", "()"]
        )
        {
            var query = Uri.EscapeDataString(q);
            await api.GetAsync($"conversations?q={query}&line={query}&clientId={query}");
        }
        await api.GetAsync("conversations?q=" + new string('x', 5_000));
    }

    [Fact]
    public async Task A_key_that_asks_too_often_is_told_to_wait()
    {
        await using var app = await InboxApp.StartAsync(settings: ("Api:RequestsPerMinute", "3"));
        using var api = await app.ApiClientAsync("read");
        using var other = await app.ApiClientAsync("read");
        for (var i = 0; i < 3; i++)
        {
            await api.GetAsync("lines");
        }

        // Many at once: one try comes back each second, and the three may have taken longer than that.
        var cancellation = TestContext.Current.CancellationToken;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(_ => api.Http.GetAsync("lines", cancellation))
        );

        var refused = answers.FirstOrDefault(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused);
        var problem = await refused.Content.ReadAsStringAsync(cancellation);
        Assert.Contains("\"code\":\"tooManyRequests\"", problem, StringComparison.Ordinal);
        await other.GetAsync("lines");
    }
}
