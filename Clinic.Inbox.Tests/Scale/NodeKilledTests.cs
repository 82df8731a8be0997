using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>A node is killed as <c>kill -9</c> does, or its Redis is: the others go on, and nobody is left with what was.</summary>
public sealed class NodeKilledTests(BrowserFixture browsers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_in_the_middle_of_a_thousand_texts_it_loses_none_and_doubles_none()
    {
        const int Texts = 1_000;
        await using var nodes = new TwoNodes();
        var first = await nodes.BothAsync();
        var lines = new List<Scene> { first };
        for (var more = 1; more < 4; more++)
        {
            lines.Add(await first.OnAnotherLineAsync());
        }
        foreach (var line in lines)
        {
            await line.PausesAsync();
        }
        await nodes.QueueAsync(lines, Texts);
        // So that the node that dies has lines: those of one that stops are taken by the other at once.
        await nodes.StopAsync();
        await UntilAllAreOfOneAsync(nodes, lines.Count);
        await nodes.StartAsync();
        foreach (var line in lines)
        {
            await line.ResumesAsync();
        }

        await UntilCarriedAsync(nodes, Texts / 4);
        nodes.Other.Kill();
        var before = nodes.Carrier.Texts.Count;

        // This node takes the lines over, and after a while says what nobody can know.
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = nodes.App.Db();
                return !await db.Messages.AnyAsync(
                    m => m.State == MessageState.Queued || m.State == MessageState.Sending,
                    Cancellation
                );
            },
            "nothing waits any more"
        );

        Assert.InRange(before, Texts / 4, Texts - 1);
        var carried = nodes.Carrier.Texts.GroupBy(t => t.ClientRef).ToList();
        Assert.All(carried, attempts => Assert.Single(attempts));
        await using var after = nodes.App.Db();
        var states = await after
            .Messages.Where(m => m.Direction == MessageDirection.Outbound)
            .ToDictionaryAsync(m => m.Id.ToString(), m => m.State, Cancellation);
        Assert.Equal(Texts, states.Count);
        // At most what was under way at once: four a line.
        var unknown = states.Where(s => s.Value == MessageState.Unconfirmed).ToList();
        Assert.InRange(unknown.Count, 0, 4 * lines.Count);
        Assert.Equal(Texts - unknown.Count, states.Count(s => s.Value == MessageState.Sent));
        Assert.All(
            states.Where(s => s.Value == MessageState.Sent),
            sent => Assert.Contains(carried, attempts => attempts.Key == sent.Key)
        );
    }

    [Fact]
    public async Task A_browser_whose_node_died_comes_back_on_the_other_with_what_was_typed()
    {
        await using var nodes = new TwoNodes();
        var phone = await nodes.BothAsync();
        await using var proxy = await StickyProxy.StartAsync(
            nodes.Other.Address,
            nodes.App.Address
        );
        using var dana = await nodes.App.UserAsync(name: "Dana Reed");
        var row = await phone.HearsAsync("Is Bella ready?");
        var page = await OpenAsync(nodes, dana, proxy.Address, row.Id);
        await page.Locator("[data-text]").FillAsync("She is");

        nodes.Other.Kill();
        await phone.HearsAsync("Hello?");

        await Expect(Bubble(page, "Hello?")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-text]")).ToHaveValueAsync("She is");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        await page.Locator("[data-text]").PressAsync("Enter");
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task When_redis_was_away_the_screens_of_both_nodes_are_right_afterwards()
    {
        await using var nodes = new TwoNodes();
        var phone = await nodes.BothAsync();
        using var dana = await nodes.App.UserAsync(name: "Dana Reed");
        var row = await phone.HearsAsync("Is Bella ready?");
        var here = await OpenAsync(nodes, dana, nodes.App.Address, row.Id);
        var there = await OpenAsync(nodes, dana, nodes.Other.Address, row.Id);
        await nodes.Redis.VanishAsync();
        await UntilHealthAsync(nodes, "degraded");

        // What this node takes is on its own screens at once.
        await phone.HearsAsync("Hello?");
        await Expect(Bubble(here, "Hello?")).ToBeVisibleAsync();
        await Expect(Bubble(there, "Hello?")).ToHaveCountAsync(0);
        // And what the other writes on its own.
        await there.Locator("[data-text]").FillAsync("She is");
        await there.Locator("[data-text]").PressAsync("Enter");
        await Expect(Bubble(there, "She is")).ToBeVisibleAsync();
        await phone.UntilCarriedAsync(1);

        await nodes.Redis.ReturnAsync();

        await Expect(Bubble(there, "Hello?")).ToBeVisibleAsync();
        await Expect(Bubble(here, "She is")).ToBeVisibleAsync();
        await UntilHealthAsync(nodes, "ready");
        // And from then on at once again.
        await phone.HearsAsync("Thank you");
        await Expect(Bubble(there, "Thank you")).ToBeVisibleAsync();
        Assert.Single(phone.Carried);
    }

    private static ILocator Bubble(IPage page, string text) =>
        page.Locator(".msg", new() { HasText = text });

    private async Task<IPage> OpenAsync(
        TwoNodes nodes,
        DeskUser user,
        Uri address,
        Id<Conversation> id
    )
    {
        var page = await browsers.PageAsync(
            nodes.App,
            user,
            context => context.BaseURL = address.ToString()
        );
        await page.GotoAsync($"{Paths.Inbox.TrimStart('/')}/{id}");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-text]")).ToBeEditableAsync();
        return page;
    }

    private static Task UntilAllAreOfOneAsync(TwoNodes nodes, int lines) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = new Npgsql.NpgsqlConnection(
                    nodes.Settings!.Single(s => s.Key == "ConnectionStrings:Inbox").Value
                );
                await db.OpenAsync(Cancellation);
                await using var count = db.CreateCommand();
                count.CommandText = "SELECT COUNT(*), COUNT(DISTINCT \"Node\") FROM \"LineLeases\"";
                await using var answer = await count.ExecuteReaderAsync(Cancellation);
                await answer.ReadAsync(Cancellation);
                return answer.GetInt64(0) >= lines && answer.GetInt64(1) == 1;
            },
            "one node has every line"
        );

    private static Task UntilCarriedAsync(TwoNodes nodes, int count) =>
        Eventually.IsTrueAsync(
            () => Task.FromResult(nodes.Carrier.Texts.Count >= count),
            $"{count} texts reach the carrier"
        );

    private static async Task UntilHealthAsync(TwoNodes nodes, string status)
    {
        foreach (var node in (HttpClient[])[nodes.App.Http, nodes.Other.Http])
        {
            await Eventually.IsTrueAsync(
                async () =>
                {
                    using var answer = await node.GetAsync("health/ready", Cancellation);
                    answer.EnsureSuccessStatusCode();
                    var said = await answer.Content.ReadAsStringAsync(Cancellation);
                    return said.Contains($"\"status\":\"{status}\"", StringComparison.Ordinal);
                },
                $"both nodes are {status}"
            );
        }
    }
}
