using System.Globalization;
using System.Net;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// What is written down of a look at each address that needs a sign-in. The addresses are read from the app: one without a
/// row fails, and so does a row without an address.
/// </summary>
public sealed class ReadingIsNotedTests(SqliteWalk walk) : IClassFixture<SqliteWalk>
{
    private static readonly Dictionary<string, string> Noted = new(StringComparer.Ordinal)
    {
        ["/schedule/inbox/{Address}"] = "conversation.read",
        ["/clients/{Id}"] = "client.read",
        ["/clients/{Id}/{Tab}"] = "client.read",
        ["/clients/{Id}/documents/{DocumentId}"] = "document.read",
        ["/clients/{id}/evidence.json"] = "consent.evidenceExported",
        ["/clients/{id}/evidence.pdf"] = "consent.evidenceExported",
        ["/attachments/{id}"] = "attachment.read",
        ["/settings/audit.csv"] = "audit.exported",
        ["/settings/statements/{month}.csv"] = "statement.exported",
        ["/settings/statements/{month}.pdf"] = "statement.exported",
        ["/api/v1/clients"] = "client.listed",
        ["/api/v1/clients/{id}"] = "client.read",
        ["/api/v1/clients/external/{externalId}"] = "client.read",
        ["/api/v1/clients/{id}/communications"] = "client.read",
        ["/api/v1/clients/{id}/consents"] = "client.read",
        ["/api/v1/clients/{id}/reminders"] = "client.read",
        ["/api/v1/conversations"] = "conversation.listed",
        ["/api/v1/conversations/{id}"] = "conversation.read",
        ["/api/v1/conversations/{id}/messages"] = "conversation.read",
    };

    private static readonly (string Why, string[] Addresses)[] NotNoted =
    [
        (
            "Lists that the whole desk works with all day; what is opened from them is noted.",
            [
                "/",
                "/schedule",
                "/schedule/inbox",
                "/schedule/day",
                "/schedule/day/{Date}",
                "/clients",
                "/reminders",
                "/reminders/{View}",
                "/consent/review",
            ]
        ),
        (
            "The book of visits and patients, which the practice system keeps itself and asks for all the time.",
            [
                "/api/v1/patients",
                "/api/v1/patients/{id}",
                "/api/v1/patients/external/{externalId}",
                "/api/v1/appointments",
                "/api/v1/appointments/{id}",
                "/api/v1/appointments/external/{externalId}",
                "/api/v1/medical-reminders",
                "/api/v1/medical-reminders/{id}",
                "/api/v1/medical-reminders/external/{externalId}",
            ]
        ),
        (
            "The clinic's own: no client stands in it.",
            [
                "/api/v1/settings/add-ons",
                "/api/v1/appointment-types",
                "/api/v1/appointment-types/{id}",
                "/api/v1/settings/auto-response",
                "/api/v1/settings/hours",
                "/api/v1/inventory-items",
                "/api/v1/inventory-items/{id}",
                "/api/v1/inventory-items/external/{externalId}",
                "/api/v1/lines",
                "/api/v1/settings/quiet-hours",
                "/api/v1/templates",
                "/api/v1/templates/{kind}",
                "/api/v1/usage",
                "/settings",
                "/settings/add-ons",
                "/settings/api-keys",
                "/settings/appointment-types",
                "/settings/appointment-types/{Id}",
                "/settings/auto-response",
                "/settings/clinic",
                "/settings/consent",
                "/settings/data",
                "/settings/forms",
                "/settings/forms/{Id}",
                "/settings/hours",
                "/settings/inventory-items",
                "/settings/inventory-items/{Id}",
                "/settings/library",
                "/settings/lines",
                "/settings/reminders",
                "/settings/sign-in",
                "/settings/sms-defaults",
                "/settings/sms-defaults/{KindName}",
                "/settings/statements/{Month}",
                "/settings/usage",
                "/settings/users",
            ]
        ),
        (
            "For administrators alone: the log itself, and what could not be given to anybody.",
            ["/settings/audit", "/settings/quarantine"]
        ),
        (
            "One's own account.",
            [
                "/account/active",
                "/account/change-password",
                "/account/security",
                "/account/too-many-windows",
            ]
        ),
        ("Part of a conversation, whose reader is noted there.", ["/attachments/{id}/thumbnail"]),
        ("Changes as they happen, to screens that show them.", ["/hubs/inbox"]),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_look_at_one_client_by_page_file_and_key_is_written_down()
    {
        var phone = await walk.SceneAsync();
        var app = phone.App;
        var routes = AppRoute
            .Of(app)
            .Where(r => r is { Method: "GET", IsOpen: false })
            .Where(r =>
                // What a Development alone has, and circuits.
                !r.Pattern.StartsWith("/simulator", StringComparison.Ordinal)
                && !r.Pattern.StartsWith("/_blazor", StringComparison.Ordinal)
                // How a connection to it begins.
                && r.Pattern != "/hubs/inbox/negotiate"
            )
            .ToList();
        var known = Noted.Keys.Concat(NotNoted.SelectMany(n => n.Addresses)).ToList();
        Assert.Empty(routes.Select(r => r.Pattern).Except(known));
        Assert.Empty(known.Except(routes.Select(r => r.Pattern)));

        var ana = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("Is Bella ready?");
        var file = await app.ChoosesAsync(SampleFiles.Pdf());
        var (document, _) = await app.SentAsync(
            new DocumentDraft(ana.Id, new DocumentContent.Upload(file)) { ConversationId = row.Id }
        );
        using var writer = await app.ApiClientAsync(ApiScopes.Write);
        var ben = await writer.SendAsync(
            HttpMethod.Put,
            "clients/external/PIMS-1",
            new { firstName = "Ben", lastName = "Stone" },
            201
        );
        var month = await MonthAsync(phone);

        foreach (var route in routes.Where(r => Noted.ContainsKey(r.Pattern)))
        {
            // Somebody new for each: who looks again within a while is not noted again.
            using var boss = await app.UserAsync(Roles.Administrator);
            using var program = await app.ApiClientAsync(ApiScopes.Read);
            using var answer = await (route.IsApi ? program.Http : boss.Http).GetAsync(
                new Uri(app.Address, route.Address(name => Known(route, name))),
                Cancellation
            );

            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{route}: {answer.StatusCode}");
            await using var db = app.Db();
            var last = await db.Audit.OrderByDescending(a => a.Id).FirstAsync(Cancellation);
            Assert.Equal(
                (route.ToString(), Noted[route.Pattern], SubjectOf(route)),
                (route.ToString(), last.Action, last.Subject)
            );
            Assert.True(
                route.IsApi
                    ? last.ActorId.StartsWith(ApiKeyHandler.ActorPrefix, StringComparison.Ordinal)
                    : last.ActorId == boss.User.Id,
                $"{route}: noted of {last.ActorName}"
            );
        }

        string Known(AppRoute route, string name) =>
            name switch
            {
                "Address" => row.Id.ToString(),
                "DocumentId" => document.Id.ToString(),
                "Tab" => "consent",
                "month" => month,
                "externalId" => "PIMS-1",
                _ when route.Pattern.Contains("/conversations/", StringComparison.Ordinal) =>
                    row.Id.ToString(),
                _ when route.Pattern.Contains("/attachments/", StringComparison.Ordinal) =>
                    file.Id.ToString(),
                _ => ana.Id.ToString(),
            };

        string SubjectOf(AppRoute route) =>
            Noted[route.Pattern] switch
            {
                "client.listed" => "clients",
                "conversation.listed" => "conversations",
                "conversation.read" => row.Id.ToString(),
                "attachment.read" => file.Id.ToString(),
                "document.read" => document.Id.ToString(),
                "audit.exported" => "audit",
                "statement.exported" => $"{month}.{route.Pattern.Split('.')[^1]}",
                _ when route.Pattern.Contains("/external/", StringComparison.Ordinal) =>
                    ben.GetProperty("id").GetString()!,
                _ => ana.Id.ToString(),
            };
    }

    [Fact]
    public async Task What_is_not_there_was_read_by_nobody()
    {
        await walk.StartAsync();
        var app = walk.App;
        using var desk = await app.UserAsync();
        using var program = await app.ApiClientAsync(ApiScopes.Read);
        var nothing = Id<Attachment>.New(app.Clock.GetUtcNow()).ToString();

        foreach (
            var (caller, path) in ((HttpClient, string)[])
                [
                    (desk.Http, $"attachments/{nothing}"),
                    (program.Http, $"api/v1/conversations/{nothing}"),
                    (program.Http, $"api/v1/conversations/{nothing}/messages"),
                    (program.Http, $"api/v1/clients/{nothing}"),
                    (program.Http, $"api/v1/clients/{nothing}/communications"),
                    (program.Http, $"api/v1/clients/{nothing}/consents"),
                ]
        )
        {
            using var answer = await caller.GetAsync(new Uri(app.Address, path), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        await using var db = app.Db();
        Assert.False(await db.Audit.AnyAsync(a => a.Subject == nothing, Cancellation));
    }

    /// <summary>The month before this one is closed.</summary>
    private static async Task<string> MonthAsync(Scene phone)
    {
        var now = phone.Now;
        var month = now.AddMonths(-1).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        await using var db = phone.App.Db();
        db.Statements.Add(
            new Statement(
                Id<Statement>.New(now),
                new UsageReport(
                    month,
                    now.AddMonths(-2),
                    now.AddMonths(-1),
                    "Our clinic",
                    "America/Chicago",
                    TwoWayFee: 99,
                    Lines: [],
                    ClosedAt: now
                ),
                now
            )
        );
        await db.SaveChangesAsync(Cancellation);
        return month;
    }
}
