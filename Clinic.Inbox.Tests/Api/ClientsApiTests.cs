using System.Text.Json;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Api;

public sealed class ClientsApiTests
{
    private static readonly HttpMethod Put = HttpMethod.Put;
    private static readonly HttpMethod Patch = HttpMethod.Patch;

    [Fact]
    public async Task The_practice_system_keeps_its_client_by_its_own_id()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var ana = new
        {
            firstName = "Ana",
            lastName = "O'Keefe & Söhne",
            email = "ana@example.com",
            phones = new[]
            {
                new { number = "(415) 555-0134", type = "mobile" },
                new { number = "+14155550135", type = "home" },
            },
            reminderPreference = "sms",
            balance = -12.5m,
            notes = "<script>alert(1)</script>",
            id = "mine",
            createdAt = "2001-01-01T00:00:00Z",
            role = "Administrator",
        };

        var made = await api.SendAsync(Put, "clients/external/PIMS-7", ana, 201);
        var again = await api.SendAsync(Put, "clients/external/PIMS-7", ana, 200);
        var renamed = await api.SendAsync(
            Put,
            "clients/external/PIMS-7",
            new { lastName = "Keefe" },
            200
        );

        Assert.Equal(made.ToString(), again.ToString());
        var id = Text(made, "id");
        Assert.NotEqual("mine", id);
        Assert.Equal("PIMS-7", Text(made, "externalId"));
        Assert.Equal("O'Keefe & Söhne", Text(made, "lastName"));
        Assert.Equal(-12.5m, made.GetProperty("balance").GetDecimal());
        Assert.Equal(
            ["+14155550134", "+14155550135"],
            made.GetProperty("phones").EnumerateArray().Select(p => Text(p, "number"))
        );
        Assert.Equal("Keefe", Text(renamed, "lastName"));
        Assert.Equal("Ana", Text(renamed, "firstName"));
        Assert.Equal(2, renamed.GetProperty("phones").GetArrayLength());
        Assert.Equal(id, Text(await api.GetAsync("clients/external/PIMS-7"), "id"));
        var patched = await api.SendAsync(
            Patch,
            "clients/" + id,
            new { reminderPreference = "none", email = "" }
        );
        Assert.Equal("none", Text(patched, "reminderPreference"));
        Assert.Equal("", Text(patched, "email"));
    }

    [Fact]
    public async Task Clients_are_found_and_paged_by_name()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        foreach (var name in (string[])["Cho", "Abbot", "Baker", "Émile", "abel"])
        {
            await api.PostAsync("clients", new { firstName = "Ana", lastName = name }, 201);
        }
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await api.GetAsync("clients?limit=2&after=" + next);
            seen.AddRange(Items(page).Select(c => Text(c, "lastName")));
            next = page.GetProperty("next").GetString();
        } while (next is not null);

        Assert.Equal(5, seen.Count);
        Assert.Equal(["Abbot", "abel", "Baker", "Cho"], seen.Take(4));
        Assert.Equal(
            "Baker",
            Text(Assert.Single(Items(await api.GetAsync("clients?q=bak"))), "lastName")
        );
    }

    [Fact]
    public async Task A_client_that_can_not_be_is_refused_field_by_field()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        await Names("firstName", new { });
        await Names("firstName", new { firstName = new string('x', 20_000) });
        await Names("email", new { firstName = "Ana", email = "no address" });
        await Names("balance", new { firstName = "Ana", balance = 99_999_999_999m });
        await Names("balance", """{"firstName":"Ana","balance":"much"}""");
        await Names("balance", """{"firstName":"Ana","balance":1e400}""");
        await Names("reminderPreference", new { firstName = "Ana", reminderPreference = "pigeon" });
        await Names("reminderPreference", new { firstName = "Ana", reminderPreference = 1 });
        await Names(
            "phones[0].number",
            new { firstName = "Ana", phones = new[] { new { number = "555 call me" } } }
        );
        await Names("phones[0].number", """{"firstName":"Ana","phones":[null]}""");
        await Names("phones[0].type", """{"firstName":"Ana","phones":[{"type":"fax"}]}""");
        var odd = await api.PostAsync(
            "clients",
            """{"firstName":"A\u0000n\ud83da","lastName":"B"}""",
            201
        );
        Assert.DoesNotContain('\0', Text(odd, "firstName"));
        await api.FailAsync(HttpMethod.Get, "clients/nobody", null, 404, "notFound");
        await api.FailAsync(Patch, "clients/nobody", new { }, 404, "notFound");
        await api.FailAsync(
            Put,
            "clients/external/" + new string('x', 500),
            new { firstName = "Ana" },
            400,
            "validation"
        );

        async Task Names(string field, object body)
        {
            var problem = await api.FailAsync(HttpMethod.Post, "clients", body, 400, "validation");
            Assert.True(
                problem.GetProperty("errors").TryGetProperty(field, out _),
                $"{field}: {problem}"
            );
        }
    }

    [Fact]
    public async Task A_conversation_is_started_with_a_client_and_assigned_to_one()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var ana = await ClientAsync(api, "Ana", "+14155550134");
        var ben = await ClientAsync(api, "Ben", null);

        var started = await api.PostAsync("conversations", new { clientId = ana }, 201);
        Assert.Equal("+14155550134", Text(started, "number"));
        Assert.Equal("Ana", Text(started, "clientName"));
        await api.FailAsync(
            HttpMethod.Post,
            "conversations",
            new { clientId = ben },
            422,
            "noMobile"
        );

        var path = $"conversations/{Text(started, "id")}";
        var assigned = await api.PostAsync(path + "/assign", new { clientId = ben });
        Assert.Equal("Ben", Text(assigned, "clientName"));
        await api.FailAsync(
            HttpMethod.Post,
            path + "/assign",
            new { clientId = "nobody" },
            422,
            "unknownClient"
        );
        await api.FailAsync(HttpMethod.Post, path + "/assign", new { }, 400, "validation");
        await api.PostAsync(path + "/close");
        Assert.Single(Items(await api.GetAsync($"clients/{ben}/communications")));
        Assert.Empty(Items(await api.GetAsync($"clients/{ana}/communications")));
        Assert.Single(Items(await api.GetAsync($"conversations?clientId={ben}")));
    }

    [Fact]
    public async Task A_consent_opens_texting_and_its_withdrawal_shuts_it_and_both_are_kept()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        var ana = await ClientAsync(api, "Ana", "+14155550134");
        var started = await api.PostAsync("conversations", new { clientId = ana }, 201);
        var messages = $"conversations/{Text(started, "id")}/messages";
        var consents = $"clients/{ana}/consents";
        var text = new { text = "Hello" };
        await api.FailAsync(HttpMethod.Post, messages, text, 422, "noConsent");

        var given = await api.PostAsync(
            consents,
            new
            {
                category = "transactional",
                method = "inPerson",
                terms = "May we text you?",
                grantedAt = "2026-01-05T09:30:00-06:00",
                by = "Sam",
            },
            201
        );
        Assert.Equal("granted", Text(given, "action"));
        Assert.Equal("Sam", Text(given, "by"));
        Assert.Equal(
            new DateTimeOffset(2026, 1, 5, 15, 30, 0, TimeSpan.Zero),
            given.GetProperty("grantedAt").GetDateTimeOffset()
        );
        await api.PostAsync(messages, text, 202);

        await api.SendAsync(HttpMethod.Delete, consents + "?category=marketing", status: 204);
        await api.PostAsync(messages, text, 202);
        await api.SendAsync(HttpMethod.Delete, consents + "?category=transactional", status: 204);
        await api.FailAsync(HttpMethod.Post, messages, text, 422, "noConsent");

        var history = Items(await api.GetAsync(consents));
        Assert.Equal(["withdrawn", "granted"], history.Select(c => Text(c, "action")));
        Assert.Equal("May we text you?", Text(history[1], "terms"));
        foreach (
            var bad in (object[])
                [
                    new { method = "phone", terms = "x" },
                    new { category = "marketing", terms = "x" },
                    new
                    {
                        category = "marketing",
                        method = "phone",
                        terms = "",
                    },
                    new
                    {
                        category = "everything",
                        method = "phone",
                        terms = "x",
                    },
                    new
                    {
                        category = "marketing",
                        method = "phone",
                        terms = "x",
                        grantedAt = "2999-01-01T00:00:00Z",
                    },
                ]
        )
        {
            await api.FailAsync(HttpMethod.Post, consents, bad, 400, "validation");
        }
    }

    [Fact]
    public async Task Patients_appointments_types_and_reminders_follow_the_practice_system()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "write");
        await api.SendAsync(Put, "clients/external/c1", new { firstName = "Ana" }, 201);
        var bella = new
        {
            clientExternalId = "c1",
            name = "Bella",
            species = "Dog",
            bornOn = "2020-02-29",
        };
        var patient = await api.SendAsync(Put, "patients/external/p1", bella, 201);
        Assert.Equal("2020-02-29", Text(patient, "bornOn"));
        var older = await api.SendAsync(Put, "patients/external/p1", new { alerts = "Bites" }, 200);
        Assert.Equal("Bella", Text(older, "name"));
        Assert.Single(Items(await api.GetAsync($"patients?clientId={Text(patient, "clientId")}")));

        await api.SendAsync(
            Put,
            "appointment-types/external/t1",
            new
            {
                name = "Surgery",
                minutes = 90,
                color = "rose",
            },
            201
        );
        var visit = await api.SendAsync(
            Put,
            "appointments/external/a1",
            new
            {
                typeExternalId = "t1",
                clientExternalId = "c1",
                patientExternalId = "p1",
                startsAt = "2026-12-01T09:00:00-05:00",
                status = "confirmed",
            },
            201
        );
        Assert.Equal("confirmed", Text(visit, "status"));
        Assert.Equal(
            TimeSpan.FromMinutes(90),
            visit.GetProperty("endsAt").GetDateTimeOffset()
                - visit.GetProperty("startsAt").GetDateTimeOffset()
        );
        var moved = await api.SendAsync(
            Patch,
            $"appointments/{Text(visit, "id")}",
            new { startsAt = "2026-12-02T09:00:00-05:00", status = "arrived" }
        );
        Assert.Equal("arrived", Text(moved, "status"));
        Assert.Single(
            Items(
                await api.GetAsync("appointments?from=2026-12-02T00:00:00Z&to=2026-12-03T00:00:00Z")
            )
        );
        Assert.Empty(Items(await api.GetAsync("appointments?to=2026-12-02T00:00:00Z")));

        var due = await api.SendAsync(
            Put,
            "medical-reminders/external/r1",
            new
            {
                patientExternalId = "p1",
                name = "Rabies",
                dueOn = "2026-12-24",
            },
            201
        );
        Assert.Equal(Text(patient, "id"), Text(due, "patientId"));
        var later = await api.SendAsync(
            Patch,
            $"medical-reminders/{Text(due, "id")}",
            new { dueOn = "2027-01-24" }
        );
        Assert.Equal("2027-01-24", Text(later, "dueOn"));
        await api.FailAsync(
            HttpMethod.Post,
            "medical-reminders",
            new { name = "Rabies", dueOn = "2026-12-24" },
            400,
            "validation"
        );
        await api.FailAsync(HttpMethod.Post, "appointments", new { }, 400, "validation");
        await api.FailAsync(HttpMethod.Post, "patients", new { name = "Rex" }, 400, "validation");
    }

    [Fact]
    public async Task A_month_is_counted_by_direction_and_kind()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        using var received = await app.ReceiveAsync("14155550134", "Hello");

        var usage = await api.GetAsync("usage");

        Assert.Equal(1, usage.GetProperty("messages").GetInt32());
        Assert.Equal("inbound", Text(usage.GetProperty("counts")[0], "direction"));
        Assert.Equal(
            0,
            (await api.GetAsync("usage?month=2001-02")).GetProperty("messages").GetInt32()
        );
        await api.FailAsync(HttpMethod.Get, "usage?month=November", null, 400, "validation");
    }

    private static async Task<string> ClientAsync(ApiClient api, string name, string? number)
    {
        var client = await api.PostAsync(
            "clients",
            new
            {
                firstName = name,
                phones = number is null ? null : new[] { new { number, type = "mobile" } },
            },
            201
        );
        return Text(client, "id");
    }

    private static IReadOnlyList<JsonElement> Items(JsonElement list) =>
        [.. list.GetProperty("items").EnumerateArray()];

    private static string Text(JsonElement from, string name) =>
        from.GetProperty(name).GetString() ?? "";
}
