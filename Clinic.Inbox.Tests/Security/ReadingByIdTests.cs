using System.Net;
using System.Reflection;
using System.Text.Json;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Whoever has one thing tries the ids of others: over pages, the API, files, the hub and within a circuit. Who may read at
/// all is in RouteTableTests; another's private link in DocumentLinksTests, the carrier's link in PublicMediaTests, another's evidence
/// in EvidenceTests. Within the clinic every line is everybody's: a line is a filter, and it must filter.
/// </summary>
public sealed class ReadingByIdTests(SqliteWalk walk, BrowserFixture browsers)
    : IClassFixture<SqliteWalk>
{
    private const string Secret = "Zanzibar";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_of_one_line_holds_nothing_of_another()
    {
        var here = await walk.SceneAsync();
        var there = await here.OnAnotherLineAsync();
        await here.HearsAsync("Is Bella ready?");
        await there.HearsAsync(Secret);
        using var api = await walk.App.ApiClientAsync("read");

        foreach (
            var query in (string[])
                [
                    $"line={here.Line.Id}",
                    $"line={here.Line.Id}&state=open",
                    $"line={here.Line.Id}&q={here.Number.Digits}",
                    $"line={here.Line.Id}&q={Secret}",
                    // Named twice: whichever counts, it is one of them.
                    $"line={here.Line.Id}&line={here.Line.Id}",
                ]
        )
        {
            var found = (await api.GetAsync("conversations?" + query)).ToString();
            Assert.DoesNotContain(Secret, found, StringComparison.Ordinal);
            Assert.DoesNotContain(there.Line.Id.ToString(), found, StringComparison.Ordinal);
        }
        // A line that there is not has nothing: it is no way to ask for all.
        foreach (var line in (string[])["00000000000000000000000000000000", "nothing", "%25", "*"])
        {
            var found = await api.GetAsync("conversations?line=" + line);
            Assert.Equal(0, found.GetProperty("items").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_place_in_one_thread_opens_no_other()
    {
        var mine = await walk.SceneAsync();
        var other = mine.AnotherPhone();
        await other.HearsAsync(Secret);
        await other.HearsAsync(Secret);
        // Later, so that they come after the other's place.
        await mine.HearsAsync("One");
        await mine.HearsAsync("Two");
        using var api = await walk.App.ApiClientAsync("read");
        var (mineId, otherId) = ((await mine.RowAsync()).Id, (await other.RowAsync()).Id);
        var page = await api.GetAsync($"conversations/{otherId}/messages?limit=1");
        var cursor = Uri.EscapeDataString(page.GetProperty("next").GetString()!);

        var read = await api.GetAsync($"conversations/{mineId}/messages?after={cursor}");

        Assert.DoesNotContain(Secret, read.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, read.GetProperty("items").GetArrayLength());
        Assert.All(
            read.GetProperty("items").EnumerateArray(),
            message =>
                Assert.Equal(mineId.ToString(), message.GetProperty("conversationId").GetString())
        );
    }

    [Fact]
    public async Task A_document_opens_below_its_own_client_only()
    {
        var phone = await walk.SceneAsync();
        var other = await walk.SceneAsync();
        var ana = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var ben = await other.ClientAsync("Ben", "Stone", consents: true);
        var form = await walk.App.FormAsync(
            new FormDraft(Secret, "", [Papers.Question(QuestionKind.Text, "Name of your pet")])
        );
        var (document, token) = await walk.App.SentAsync(
            new DocumentDraft(ana.Id, new DocumentContent.Form(form.Id))
        );
        using var desk = await walk.App.UserAsync();
        using var stranger = walk.App.Visitor();

        var hers = await desk.Http.GetStringAsync(
            $"clients/{ana.Id}/documents/{document.Id}",
            Cancellation
        );
        using var his = await desk.Http.GetAsync(
            $"clients/{ben.Id}/documents/{document.Id}",
            Cancellation
        );

        Assert.Contains(Secret, hers, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Secret,
            await his.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        // Its id is no link, and neither is what the link was made of.
        foreach (
            var guess in (string[])
                [document.Id.ToString(), token[..^1], token.ToLowerInvariant() + "0"]
        )
        {
            using var answer = await stranger.GetAsync($"d/{guess}", Cancellation);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_was_deleted_is_read_by_no_way_any_more()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync(Secret + " deleted");
        using var desk = await walk.App.UserAsync(Roles.PracticeManager);
        using var api = await walk.App.ApiClientAsync("read", "manage");
        await api.SendAsync(HttpMethod.Delete, $"conversations/{row.Id}", status: 204);

        await api.GetAsync($"conversations/{row.Id}", 404);
        await api.GetAsync($"conversations/{row.Id}/messages", 404);
        var found = await api.GetAsync($"conversations?q={Secret}%20deleted");
        Assert.Equal(0, found.GetProperty("items").GetArrayLength());
        Assert.DoesNotContain(
            Secret + " deleted",
            await desk.Http.GetStringAsync($"schedule/inbox/{row.Id}", Cancellation),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_answer_is_repeated_to_the_key_that_got_it_alone()
    {
        var phone = await walk.SceneAsync();
        using var first = await walk.App.ApiClientAsync("read", "write");
        using var second = await walk.App.ApiClientAsync("write");
        const string Once = "the same word";
        var body = new
        {
            firstName = Secret,
            lastName = "Ruiz",
            phones = new[] { new { number = phone.Number.Value, type = "mobile" } },
        };
        await first.PostAsync("clients", body, 201, Once);

        // The other one's request is looked at by itself: the client is there already.
        var answer = await second.PostAsync("clients", body, 409, Once);

        Assert.Equal("clientExists", answer.GetProperty("code").GetString());
    }

    /// <summary>Within a circuit no request is made: what the endpoint asks of whoever comes is asked by the router.</summary>
    [Fact]
    public async Task A_circuit_leads_to_no_page_that_its_role_may_not_see()
    {
        await walk.StartAsync();
        using var desk = await walk.App.UserAsync();
        using var boss = await walk.App.UserAsync(Roles.Administrator);
        var shut = AppRoute
            .Of(walk.App)
            .Where(route => route is { Page: not null, Method: "GET" })
            .Where(route =>
                route
                    .Page!.GetCustomAttributes<AuthorizeAttribute>()
                    .Any(asked => asked.Policy is Policies.Manage or Policies.Administer)
            )
            .Select(route => route.Address(_ => "none"))
            .ToList();
        Assert.True(shut.Count > 20, "Pages of managers were found.");
        var page = await browsers.PageAsync(walk.App, desk);
        await page.GoLiveAsync("clients");
        await page.EvaluateAsync("() => { window.sameCircuit = true; }");

        foreach (var path in shut)
        {
            Assert.StartsWith("Not allowed", await TitleAtAsync(path), StringComparison.Ordinal);
            Assert.DoesNotContain(
                boss.User.Email!,
                await page.Locator("main").InnerTextAsync(),
                StringComparison.Ordinal
            );
            // Between two of them one that is open, so that each no is a new one.
            Assert.StartsWith("Clients", await TitleAtAsync("clients"), StringComparison.Ordinal);
        }
        Assert.True(await page.EvaluateAsync<bool>("() => window.sameCircuit === true"));

        async Task<string> TitleAtAsync(string path)
        {
            // Without the count of unread texts before it.
            const string Title = @"document.title.replace(/^\(\d+\) /, '')";
            var before = await page.EvaluateAsync<string>(Title);
            await page.EvaluateAsync("path => Blazor.navigateTo('/' + path)", path);
            await page.WaitForFunctionAsync($"before => {Title} !== before", before);
            return await page.EvaluateAsync<string>(Title);
        }
    }

    [Fact]
    public async Task Nobody_asks_the_hub_for_anything()
    {
        using var api = await StartedAsync();
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(walk.App.Address, "hubs/inbox"),
                options => options.AccessTokenProvider = () => Task.FromResult<string?>(api.Key)
            )
            .Build();
        await hub.StartAsync(Cancellation);
        foreach (
            var method in (string[])
                [
                    "OnConnectedAsync",
                    "OnDisconnectedAsync",
                    "Dispose",
                    "Join",
                    "JoinGroup",
                    "conversationChanged",
                    "SendAsync",
                    "get_Clients",
                ]
        )
        {
            await Assert.ThrowsAsync<HubException>(() =>
                hub.InvokeAsync<JsonElement>(method, Cancellation)
            );
        }
        // What it has is what it overrides, and nothing that a caller could name.
        Assert.DoesNotContain(
            typeof(InboxHub).GetMethods(
                System.Reflection.BindingFlags.Public
                    | System.Reflection.BindingFlags.Instance
                    | System.Reflection.BindingFlags.DeclaredOnly
            ),
            m => m.GetBaseDefinition().DeclaringType == typeof(InboxHub)
        );
    }

    private async Task<ApiClient> StartedAsync()
    {
        await walk.StartAsync();
        return await walk.App.ApiClientAsync("read");
    }
}
