using System.Text.Json;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Api;

public sealed class IdempotencyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_and_request_get_the_same_answer_and_one_effect()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var path = await ConversationAsync(app, api) + "/messages";
        var body = new { text = "Once" };

        var first = await api.PostAsync(path, body, 202, "key-1");
        var again = await api.PostAsync(path, body, 202, "key-1");

        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal(1, await SentAsync(app));
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        using var other = await app.ApiClientAsync("read", "write");
        var path = await ConversationAsync(app, api) + "/messages";
        await api.PostAsync(path, new { text = "Once" }, 202, "key-1");

        var problem = await api.PostAsync(path, new { text = "Twice" }, 422, "key-1");

        Assert.Equal("idempotencyKeyReused", problem.GetProperty("code").GetString());
        Assert.Equal(1, await SentAsync(app));
        await other.PostAsync(path, new { text = "Another caller" }, 202, "key-1");
    }

    [Fact]
    public async Task Twenty_at_once_have_one_effect_and_one_answer()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var path = await ConversationAsync(app, api) + "/messages";

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => api.PostAsync(path, new { text = "Once" }, 202, "key-1"))
        );

        Assert.Single(answers.Select(a => a.GetProperty("id").GetString()).Distinct());
        Assert.Equal(1, await SentAsync(app));
    }

    [Fact]
    public async Task An_error_is_not_kept_so_the_key_may_try_again()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var cold = await api.PostAsync("conversations", new { number = "+14155550134" }, 201);
        var path = $"conversations/{cold.GetProperty("id").GetString()}/messages";
        await api.PostAsync(path, new { text = "Hello" }, 422, "key-1");

        using var received = await app.ReceiveAsync("14155550134", "You may answer me");

        await api.PostAsync(path, new { text = "Hello" }, 202, "key-1");
    }

    [Fact]
    public async Task A_key_is_forgotten_after_two_days()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var path = await ConversationAsync(app, api) + "/messages";
        await api.PostAsync(path, new { text = "Monday" }, 202, "key-1");

        app.Clock.Advance(TimeSpan.FromHours(49));

        await api.PostAsync(path, new { text = "Thursday" }, 202, "key-1");
        Assert.Equal(2, await SentAsync(app));
    }

    private static async Task<string> ConversationAsync(InboxApp app, ApiClient api)
    {
        using var received = await app.ReceiveAsync("14155550134", "Hello");
        JsonElement list = await api.GetAsync("conversations");
        return "conversations/" + list.GetProperty("items")[0].GetProperty("id").GetString();
    }

    private static async Task<int> SentAsync(InboxApp app)
    {
        await using var db = app.Db();
        return await db.Messages.CountAsync(
            m =>
                m.Kind == Clinic.Inbox.Conversations.MessageKind.Conversation
                && m.Direction == Clinic.Inbox.Conversations.MessageDirection.Outbound,
            Cancellation
        );
    }
}
