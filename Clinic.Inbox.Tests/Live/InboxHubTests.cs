using System.Collections.Concurrent;
using System.Text.Json;
using Clinic.Inbox.Api;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clinic.Inbox.Tests.Live;

public sealed class InboxHubTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_lights_up_a_host_application_and_reading_it_puts_it_out()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        using var before = await app.ReceiveAsync("14155550135", "Here before you listened");
        await using var host = await ListenAsync(app, key: api.Key);
        await host.CountAsync(1);

        using var received = await app.ReceiveAsync("14155550134", "Is Bella ready?");

        var lit = await host.ChangeAsync(c => c.GetProperty("flash").GetBoolean());
        Assert.Equal("Is Bella ready?", lit.GetProperty("preview").GetString());
        Assert.Equal("open", lit.GetProperty("state").GetString());
        Assert.Equal(1, lit.GetProperty("unread").GetInt32());
        Assert.True(lit.GetProperty("lastMessageAt").TryGetDateTimeOffset(out _));
        await host.CountAsync(2);

        var id = lit.GetProperty("id").GetString();
        await api.PostAsync($"conversations/{id}/read");
        await host.ChangeAsync(c =>
            c.GetProperty("id").GetString() == id && c.GetProperty("unread").GetInt32() == 0
        );
        await host.CountAsync(1);
        await api.PostAsync($"conversations/{id}/close");
        await host.ChangeAsync(c => c.GetProperty("state").GetString() == "closed");
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_key_and_a_cookie_open_it_by_every_transport(HttpTransportType transport)
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        using var user = await app.UserAsync();
        await using var byKey = await ListenAsync(app, key: api.Key, transport: transport);
        await using var byCookie = await ListenAsync(app, user: user, transport: transport);
        await byKey.CountAsync(0);
        await byCookie.CountAsync(0);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("manage")]
    [InlineData("")]
    public async Task Without_the_scope_read_it_stays_shut(string scope)
    {
        await using var app = await InboxApp.StartAsync();
        var key = "wrong";
        if (scope.Length > 0)
        {
            using var api = await app.ApiClientAsync(scope);
            key = api.Key;
        }
        var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            ListenAsync(app, key: key)
        );
        Assert.Contains(
            scope.Length > 0 ? "403" : "401",
            refused.Message,
            StringComparison.Ordinal
        );
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => ListenAsync(app));
    }

    [Fact]
    public async Task A_revoked_key_and_a_user_who_was_put_out_listen_no_longer()
    {
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton(new SessionChecks(TimeSpan.FromMilliseconds(200)))
            )
        );
        using var api = await app.ApiClientAsync("read");
        using var user = await app.UserAsync();
        await using var byKey = await ListenAsync(app, key: api.Key);
        await using var byCookie = await ListenAsync(app, user: user);
        await byCookie.CountAsync(0);
        var keys = app.Get<ApiKeys>();

        var key = Assert.Single(await keys.ListAsync(Cancellation));
        await keys.RevokeAsync(key.Id, ApiClients.Tester, Cancellation);
        await byKey.ClosedAsync();
        Assert.Equal(HubConnectionState.Connected, byCookie.State);

        await using (var db = app.Db())
        {
            await db
                .Users.Where(u => u.Id == user.User.Id)
                .ExecuteUpdateAsync(u => u.SetProperty(p => p.Active, false), Cancellation);
        }
        await byCookie.ClosedAsync();
    }

    [Fact]
    public async Task Another_site_is_turned_away_unless_it_is_named()
    {
        await using var app = await InboxApp.StartAsync(
            settings: ("Embed:Origins", "https://pims.example, https://other.example")
        );
        using var user = await app.UserAsync();
        using var api = await app.ApiClientAsync("read");
        await Assert.ThrowsAnyAsync<Exception>(() =>
            ListenAsync(app, user: user, origin: "https://evil.example")
        );
        await Assert.ThrowsAnyAsync<Exception>(() =>
            ListenAsync(app, key: api.Key, origin: "https://pims.example.evil.example")
        );
        await Assert.ThrowsAnyAsync<Exception>(() =>
            ListenAsync(app, key: api.Key, origin: "null")
        );
        await using var named = await ListenAsync(
            app,
            key: api.Key,
            origin: "https://pims.example"
        );
        await using var ours = await ListenAsync(
            app,
            user: user,
            origin: app.Address.GetLeftPart(UriPartial.Authority)
        );
        await named.CountAsync(0);
        await ours.CountAsync(0);
    }

    [Fact]
    public async Task A_burst_is_folded_and_the_last_count_is_right()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        await using var host = await ListenAsync(app, key: api.Key);
        await host.CountAsync(0);

        var texts = Enumerable
            .Range(0, 200)
            .Select(i => app.ReceiveAsync("1415555013" + (i % 4), "Text " + i));
        foreach (var answer in await Task.WhenAll(texts))
        {
            answer.Dispose();
        }

        await host.CountAsync(200);
        await host.ChangeAsync(c => c.GetProperty("unread").GetInt32() == 50);
    }

    [Fact]
    public async Task The_light_is_one_file_that_other_sites_may_load()
    {
        await using var app = await InboxApp.StartAsync();
        using var answer = await app.Http.GetAsync("embed/inbox-light.js", Cancellation);

        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("cross-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.Equal("*", Header("Access-Control-Allow-Origin"));
        var script = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("import(", script, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", script, StringComparison.Ordinal);

        string? Header(string name) =>
            answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
    }

    private static async Task<Host> ListenAsync(
        InboxApp app,
        string? key = null,
        DeskUser? user = null,
        string? origin = null,
        HttpTransportType transport = HttpTransportType.WebSockets
    )
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(
                new Uri(app.Address, "hubs/inbox"),
                transport,
                options =>
                {
                    if (key is not null)
                    {
                        options.AccessTokenProvider = () => Task.FromResult<string?>(key);
                    }
                    if (user is not null)
                    {
                        options.Cookies.Add(user.Cookie);
                    }
                    if (origin is not null)
                    {
                        options.Headers["Origin"] = origin;
                    }
                }
            )
            .Build();
        var host = new Host(connection);
        try
        {
            await connection.StartAsync(Cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A host application that remembers what it was told.</summary>
    private sealed class Host : IAsyncDisposable
    {
        private readonly HubConnection _connection;
        private readonly ConcurrentQueue<JsonElement> _changes = new();
        private int _unread = -1;

        public Host(HubConnection connection)
        {
            _connection = connection;
            connection.On<JsonElement>("conversationChanged", _changes.Enqueue);
            connection.On<JsonElement>(
                "inboxCount",
                count => Volatile.Write(ref _unread, count.GetProperty("unread").GetInt32())
            );
        }

        public HubConnectionState State => _connection.State;

        public Task CountAsync(int unread) =>
            Eventually.IsTrueAsync(
                () => Task.FromResult(Volatile.Read(ref _unread) == unread),
                $"the host application counts {unread}"
            );

        public async Task<JsonElement> ChangeAsync(Func<JsonElement, bool> which)
        {
            await Eventually.IsTrueAsync(
                () => Task.FromResult(_changes.Any(which)),
                "the host application hears of the change"
            );
            return _changes.First(which);
        }

        public Task ClosedAsync() =>
            Eventually.IsTrueAsync(
                () => Task.FromResult(State == HubConnectionState.Disconnected),
                "the connection is ended"
            );

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}

public sealed class SignalFoldTests
{
    [Fact]
    public void Many_changes_of_one_conversation_are_its_newest_and_keep_the_light()
    {
        var fold = new SignalFold();
        fold.Note(Signal("a", unread: 1, flash: true));
        fold.Note(Signal("b", unread: 1, flash: true));
        fold.Note(Signal("a", unread: 2, flash: false));
        fold.Note(new InboxCount(2));
        fold.Note(new InboxCount(3));

        var (changed, count) = fold.Take();

        Assert.Equal(2, changed.Count);
        var newest = changed.Single(c => c.Id == "a");
        Assert.True(newest.Flash);
        Assert.Equal(2, newest.Unread);
        Assert.Equal(3, count?.Unread);
        Assert.Empty(fold.Take().Changed);
    }

    [Fact]
    public void A_light_that_was_read_meanwhile_does_not_flash()
    {
        var fold = new SignalFold();
        fold.Note(Signal("a", unread: 1, flash: true));
        fold.Note(Signal("a", unread: 0, flash: false));

        Assert.False(Assert.Single(fold.Take().Changed).Flash);
    }

    private static ConversationSignal Signal(string id, int unread, bool flash) =>
        new(id, unread, DateTimeOffset.UnixEpoch, "Hello", "open", flash);
}
