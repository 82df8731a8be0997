using System.Globalization;
using System.Text.Json;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;

namespace Clinic.Inbox.Tests.Api;

public sealed class InventoryAndRemindersApiTests(CareFixture clinic) : IClassFixture<CareFixture>
{
    private const string Yearly =
        """{"name":"Rabies vaccine","action":{"intervalDays":365,"leadDays":[3,14],"followUpDays":[7]}}""";

    [Fact]
    public async Task An_item_is_made_changed_and_loses_its_action_only_when_that_is_said()
    {
        using var api = await clinic.App.ApiClientAsync("read", "write");

        var made = await api.PostAsync("inventory-items", Yearly, 201);
        var path = "inventory-items/" + Text(made, "id");
        Assert.Equal(
            """{"intervalDays":365,"leadDays":[14,3],"followUpDays":[7]}""",
            made.GetProperty("action").GetRawText()
        );
        Assert.True(made.GetProperty("active").GetBoolean());

        var renamed = await api.SendAsync(HttpMethod.Patch, path, """{"name":"Rabies"}""");
        Assert.Equal(365, renamed.GetProperty("action").GetProperty("intervalDays").GetInt32());
        var silent = await api.SendAsync(HttpMethod.Patch, path, """{"action":null}""");
        Assert.Equal(JsonValueKind.Null, silent.GetProperty("action").ValueKind);
        Assert.Equal("Rabies", Text(await api.GetAsync(path), "name"));
        var listed = (await api.GetAsync("inventory-items")).GetProperty("items");
        Assert.Contains(listed.EnumerateArray(), i => Text(i, "id") == Text(made, "id"));
    }

    [Fact]
    public async Task The_practice_systems_item_is_made_once_and_what_is_wrong_is_named()
    {
        using var api = await clinic.App.ApiClientAsync("read", "write");

        var made = await api.SendAsync(
            HttpMethod.Put,
            "inventory-items/external/rv-1",
            Yearly,
            201
        );
        var same = await api.SendAsync(HttpMethod.Put, "inventory-items/external/rv-1", Yearly);
        var wrong = await api.FailAsync(
            HttpMethod.Post,
            "inventory-items",
            """{"name":"X","action":{"intervalDays":0}}""",
            400,
            "validation"
        );

        Assert.Equal(Text(made, "id"), Text(same, "id"));
        Assert.Equal("rv-1", Text(same, "externalId"));
        Assert.True(wrong.GetProperty("errors").TryGetProperty("action.intervalDays", out _));
        await api.FailAsync(HttpMethod.Get, "inventory-items/nothing", null, 404, "notFound");
    }

    [Fact]
    public async Task What_was_given_makes_its_next_time_due_and_the_reminders_are_listed_and_resent()
    {
        using var api = await clinic.App.ApiClientAsync("read", "write");
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = Text(await api.PostAsync("inventory-items", Yearly, 201), "id");
        var due = await api.PostAsync(
            "medical-reminders",
            new
            {
                patientId = patient.Id.ToString(),
                dueOn = today.AddDays(2),
                itemId = item,
            },
            201
        );
        Assert.Equal(
            ("Rabies vaccine", item, "due"),
            (Text(due, "name"), Text(due, "itemId"), Text(due, "state"))
        );

        var body = new { patientId = patient.Id.ToString(), givenOn = today };
        var given = await api.PostAsync($"inventory-items/{item}/given", body, 201);
        var twice = await api.PostAsync($"inventory-items/{item}/given", body);

        Assert.Equal(Text(given, "id"), Text(twice, "id"));
        Assert.Equal(
            today.AddDays(365).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Text(given, "nextDueOn")
        );
        Assert.Equal(
            "given",
            Text(await api.GetAsync("medical-reminders/" + Text(due, "id")), "state")
        );
        await clinic.PlannedAsync(client, 3);

        var first = await api.GetAsync($"clients/{client.Id}/reminders?limit=2");
        var rest = await api.GetAsync(
            $"clients/{client.Id}/reminders?limit=2&after={Text(first, "next")}"
        );
        var planned = first.GetProperty("items")[0];
        Assert.Equal(("medical", "planned"), (Text(planned, "kind"), Text(planned, "state")));
        Assert.Equal(2, first.GetProperty("items").GetArrayLength());
        Assert.NotEqual(0, rest.GetProperty("items").GetArrayLength());
        await api.FailAsync(
            HttpMethod.Post,
            $"reminders/{Text(planned, "id")}/resend",
            null,
            422,
            "notNow"
        );
        await api.FailAsync(HttpMethod.Post, "reminders/nothing/resend", null, 404, "notFound");
        await api.FailAsync(HttpMethod.Get, "clients/nothing/reminders", null, 404, "notFound");
    }

    [Fact]
    public async Task A_reminder_that_went_out_says_so_and_goes_out_again()
    {
        using var api = await clinic.App.ApiClientAsync("read", "write");
        var (client, patient) = await clinic.OwnerAsync();
        var id = await clinic.RemindNowAsync(client, patient);
        await clinic.UntilAsync(id, ReminderStanding.Delivered);

        var sent = (await api.GetAsync($"clients/{client.Id}/reminders")).GetProperty("items")[0];
        var again = await api.PostAsync($"reminders/{id}/resend", status: 202);

        Assert.Equal(
            (id.ToString(), "sent", "delivered"),
            (Text(sent, "id"), Text(sent, "state"), Text(sent, "messageState"))
        );
        Assert.Contains("Bella", Text(sent, "text"), StringComparison.Ordinal);
        Assert.NotEqual(id.ToString(), Text(again, "id"));
        await clinic.UntilAsync(
            Id<PlannedReminder>.Parse(Text(again, "id")),
            ReminderStanding.Delivered
        );
    }

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? "";
}
