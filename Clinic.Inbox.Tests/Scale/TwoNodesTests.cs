using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>What one node does shows on the other, and happens once.</summary>
public sealed class TwoNodesTests(TwoNodes nodes, BrowserFixture browsers) : IClassFixture<TwoNodes>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_that_one_node_takes_lights_the_browsers_and_hosts_of_the_other()
    {
        var phone = await nodes.BothAsync();
        using var dana = await nodes.App.UserAsync(name: "Dana Reed");
        await using var host = await ListenAsync(dana);
        var page = await OpenAsync(dana);

        // Its webhook goes to this process's node.
        var row = await phone.HearsAsync("Is Bella ready?");

        await Expect(Row(page, row.Id)).ToContainTextAsync("Is Bella ready?");
        await Expect(page.Locator(".tabs .inbox-light.flashing")).ToBeVisibleAsync();
        await Eventually.IsTrueAsync(
            () => Task.FromResult(host.Flashes(row.Id.ToString()) > 0),
            "the host application hears of the text"
        );
        // No backplane tells it a second time.
        await phone.HearsAsync("Hello?");
        await Eventually.IsTrueAsync(
            () => Task.FromResult(host.Says(row.Id.ToString(), "Hello?")),
            "the host application hears of the next text"
        );
        Assert.Equal(2, host.Flashes(row.Id.ToString()));
    }

    [Fact]
    public async Task A_reply_that_is_written_on_the_other_node_leaves_once_and_shows_here()
    {
        var phone = await nodes.BothAsync();
        using var dana = await nodes.App.UserAsync(name: "Dana Reed");
        var row = await phone.HearsAsync("Is Bella ready?");
        var page = await OpenAsync(dana);
        await Row(page, row.Id).ClickAsync();
        await Expect(page.Locator(".msg", new() { HasText = "Is Bella ready?" }))
            .ToBeVisibleAsync();

        await page.Locator("[data-text]").FillAsync("She is. See you soon!");
        await page.Locator("[data-text]").PressAsync("Enter");

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        await Expect(page.Locator(".msg .delivery-sent")).ToBeVisibleAsync();
        Assert.StartsWith("She is.", Assert.Single(phone.Carried).Text, StringComparison.Ordinal);
        // Read there, and told here.
        await Eventually.IsTrueAsync(
            () =>
                Task.FromResult(
                    phone.Told.Count > 0 && phone.Told[^1].Row is { Unread: 0, LastWasOurs: true }
                ),
            "this node's screens hear that it was read and answered"
        );
    }

    [Fact]
    public async Task Of_a_hundred_texts_each_leaves_once_though_both_nodes_send()
    {
        var phone = await nodes.BothAsync();
        var phones = Enumerable.Range(0, 100).Select(_ => phone.AnotherPhone()).ToList();
        await Task.WhenAll(
            phones.Select(async each =>
            {
                await each.HearsAsync("Hello");
                await each.AnswersAsync("Hi, Rosa here");
            })
        );

        foreach (var each in phones)
        {
            await each.UntilCarriedAsync(1);
            await each.UntilQuietAsync();
        }

        Assert.All(phones, each => Assert.Single(each.Carried));
        await using var db = nodes.App.Db();
        Assert.Equal(
            1,
            await db.LineLeases.CountAsync(l => l.LineId == phone.Line.Id, Cancellation)
        );
    }

    [Fact]
    public async Task A_line_is_slowed_to_its_pace_by_both_nodes_together()
    {
        await nodes.BothAsync();
        var line = await nodes.AddLineAsync(messagesPerSecond: 2);
        var first = new Scene(nodes, line, Walk.NewNumber());
        await first.PausesAsync();
        var phones = Enumerable.Range(0, 8).Select(_ => first.AnotherPhone()).ToList();
        foreach (var phone in phones)
        {
            await phone.HearsAsync("Hello");
            await phone.AnswersAsync("Hi");
        }

        await first.ResumesAsync();
        foreach (var phone in phones)
        {
            await phone.UntilCarriedAsync(1);
        }

        var at = phones.Select(p => Assert.Single(p.Carried).At).Order().ToList();
        // Seven gaps of half a second, of which a slow first request may eat some; both nodes for themselves would need half.
        Assert.InRange(
            Stopwatch.GetElapsedTime(at[0], at[^1]),
            TimeSpan.FromSeconds(2.5),
            TimeSpan.FromMinutes(1)
        );
    }

    private static ILocator Row(IPage page, Id<Conversation> id) =>
        page.Locator($"[data-row][href$='{id}']");

    /// <summary>The inbox on the node that is a process of its own.</summary>
    private async Task<IPage> OpenAsync(DeskUser user)
    {
        var page = await browsers.PageAsync(
            nodes.App,
            user,
            context => context.BaseURL = nodes.Other.Address.ToString()
        );
        await page.GotoAsync(Paths.Inbox.TrimStart('/'));
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        return page;
    }

    private async Task<Listening> ListenAsync(DeskUser user)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(nodes.Other.Address, "hubs/inbox"),
                options => options.Headers["Cookie"] = $"{user.Cookie.Name}={user.Cookie.Value}"
            )
            .Build();
        var listening = new Listening(hub);
        await hub.StartAsync(Cancellation);
        return listening;
    }

    /// <summary>A host application on the other node.</summary>
    private sealed class Listening : IAsyncDisposable
    {
        private readonly HubConnection _hub;
        private readonly ConcurrentQueue<JsonElement> _changes = new();

        public Listening(HubConnection hub)
        {
            _hub = hub;
            hub.On<JsonElement>("conversationChanged", _changes.Enqueue);
        }

        public int Flashes(string id) =>
            _changes.Count(c =>
                c.GetProperty("id").GetString() == id && c.GetProperty("flash").GetBoolean()
            );

        public bool Says(string id, string preview) =>
            _changes.Any(c =>
                c.GetProperty("id").GetString() == id
                && c.GetProperty("preview").GetString() == preview
            );

        public ValueTask DisposeAsync() => _hub.DisposeAsync();
    }
}
