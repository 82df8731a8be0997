using System.Net;
using System.Text.Json;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Fields that a caller was not asked for (over-posting): they are not believed, whatever they are called. That a client's
/// own id and date stay is in ClientsApiTests too.
/// </summary>
public sealed class OverPostingTests
{
    private const string Phone = "+14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_a_text_and_a_client_are_only_what_may_be_said_of_them()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var lie = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = "00000000000000000000000000000001",
            ["Id"] = "00000000000000000000000000000001",
            ["number"] = Phone,
            ["text"] = "Hello",
            ["firstName"] = "Ana",
            ["phones"] = new[] { new { number = Phone, type = "mobile" } },
            ["state"] = "closed",
            ["unread"] = 99,
            ["lastMessageAt"] = "2001-01-01T00:00:00Z",
            ["preview"] = "Not what it says",
            ["direction"] = "inbound",
            ["kind"] = "system",
            ["purpose"] = "optInRequest",
            ["basis"] = "consent",
            ["consentId"] = "00000000000000000000000000000002",
            ["sentAt"] = "2001-01-01T00:00:00Z",
            ["deliveredAt"] = "2001-01-01T00:00:00Z",
            ["carrierId"] = "mine",
            ["by"] = "Somebody else",
            ["createdAt"] = "2001-01-01T00:00:00Z",
            ["consents"] = new[] { new { category = "transactional", action = "granted" } },
            ["optedOut"] = false,
            ["optedOutAt"] = null,
            ["externalId"] = "theirs",
            ["role"] = Roles.Administrator,
            ["scopes"] = new[] { "manage" },
            ["awaitsOptOutDecision"] = true,
        };

        var client = await api.PostAsync("clients", lie, 201);
        var conversation = await api.PostAsync("conversations", lie, 201);
        var clientId = Text(client, "id");
        var id = Text(conversation, "id");
        // No consent was given by saying so.
        await api.FailAsync(
            HttpMethod.Post,
            $"conversations/{id}/messages",
            lie,
            422,
            GateDecision.NoConsent
        );
        using (await app.ReceiveAsync(Phone[1..], "Is Bella ready?")) { }
        var sent = await api.PostAsync($"conversations/{id}/messages", lie, 202);
        await api.SendAsync(HttpMethod.Patch, $"clients/{clientId}", lie);

        Assert.NotEqual("00000000000000000000000000000001", clientId);
        Assert.NotEqual("00000000000000000000000000000001", id);
        Assert.Equal("open", Text(conversation, "state"));
        Assert.Equal(0, conversation.GetProperty("unread").GetInt32());
        Assert.Equal(JsonValueKind.Null, client.GetProperty("externalId").ValueKind);
        Assert.Equal(("outbound", "conversation"), (Text(sent, "direction"), Text(sent, "kind")));
        Assert.NotEqual("Somebody else", Text(sent, "by"));
        await using var db = app.Db();
        var stored = await db.Messages.SingleAsync(
            m => m.Direction == MessageDirection.Outbound,
            Cancellation
        );
        Assert.NotEqual("mine", stored.CarrierId);
        Assert.True(stored.At > DateTimeOffset.UtcNow.AddYears(-1));
        Assert.False(await db.ConsentRecords.AnyAsync(Cancellation));
        Assert.Equal(
            app.Clock.GetUtcNow().Year,
            (await db.Clients.SingleAsync(Cancellation)).CreatedAt.Year
        );
    }

    [Fact]
    public async Task A_key_gets_no_more_scopes_and_a_line_no_more_credit_by_saying_so()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Put, "settings/add-ons"),
                    (HttpMethod.Put, "settings/hours"),
                    (HttpMethod.Put, "templates/helpReply"),
                    (HttpMethod.Delete, "conversations/nothing"),
                ]
        )
        {
            await api.FailAsync(
                method,
                path + "?scope=manage&scopes=manage",
                """{"scopes":["manage"],"scope":"manage"}""",
                403,
                "forbidden"
            );
        }
    }

    [Fact]
    public async Task Nobody_signs_in_with_more_than_an_email_and_a_password()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var answer = await browser.SendFormAsync(
            "account/sign-in",
            "sign-in",
            ("Input.Email", user.User.Email!),
            ("Input.Password", SignedIn.Password),
            ("Input.Role", Roles.Administrator),
            ("Input.User.Role", Roles.Administrator),
            ("Role", Roles.Administrator),
            ("Input.Demo", "admin@demo.clinic"),
            ("Input.LockoutEnabled", "false")
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var users = await browser.GetAsync("settings/users", Cancellation);
        Assert.NotEqual(HttpStatusCode.OK, users.StatusCode);
        Assert.Equal(Roles.FrontDesk, (await FindAsync(app, user.User.Id)).Role);
    }

    [Fact]
    public async Task Who_changes_their_password_changes_nothing_else_and_nobody_elses()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var boss = await app.UserAsync(Roles.Administrator, password: SignedIn.Password);
        var cookies = new CookieContainer();
        cookies.Add(user.Cookie);
        using var browser = app.Visitor(cookies: cookies);
        var before = await FindAsync(app, boss.User.Id);

        using var answer = await browser.SendFormAsync(
            "account/change-password",
            "change-password",
            ("Input.Current", SignedIn.Password),
            ("Input.Password", "a quite different sentence"),
            ("Input.Repeated", "a quite different sentence"),
            ("Input.Id", boss.User.Id),
            ("Input.User", boss.User.Id),
            ("Input.Email", boss.User.Email!),
            ("Input.Role", Roles.Administrator),
            ("user", boss.User.Id)
        );

        var now = await FindAsync(app, user.User.Id);
        Assert.Equal((Roles.FrontDesk, user.User.Email), (now.Role, now.Email));
        Assert.NotEqual(user.User.PasswordHash, now.PasswordHash);
        Assert.Equal(before.PasswordHash, (await FindAsync(app, boss.User.Id)).PasswordHash);
    }

    [Fact]
    public async Task The_public_form_makes_no_client_no_consent_and_no_conversation()
    {
        await using var app = await InboxApp.StartAsync();
        using var browser = app.Visitor();

        using var answer = await browser.SendFormAsync(
            "opt-in",
            "opt-in",
            ("Input.Name", "Ana"),
            ("Input.Number", Phone),
            ("Input.Transactional", "true"),
            ("Input.ClientId", "00000000000000000000000000000001"),
            ("Input.ConfirmedAt", "2001-01-01T00:00:00Z"),
            ("Input.Confirmed", "true"),
            ("Input.Consent.Action", "Granted"),
            ("Input.At", "2001-01-01T00:00:00Z"),
            ("Input.Terms", "Whatever you like")
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await using var db = app.Db();
        Assert.False(await db.Clients.AnyAsync(Cancellation));
        Assert.False(await db.ConsentRecords.AnyAsync(Cancellation));
        var asked = await db.OptInRequests.SingleAsync(Cancellation);
        Assert.DoesNotContain(
            "Whatever you like",
            JsonSerializer.Serialize(asked),
            StringComparison.Ordinal
        );
    }

    private static async Task<InboxUser> FindAsync(InboxApp app, string id)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return (
            await scope
                .ServiceProvider.GetRequiredService<UserManager<InboxUser>>()
                .FindByIdAsync(id)
        )!;
    }

    private static string Text(JsonElement from, string name) =>
        from.GetProperty(name).GetString()!;
}
