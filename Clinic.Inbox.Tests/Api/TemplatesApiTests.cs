using System.Text.Json;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Clinic.Inbox.Tests.Templates;

namespace Clinic.Inbox.Tests.Api;

public sealed class TemplatesApiTests
{
    [Fact]
    public async Task Every_text_is_listed_with_what_it_may_name()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");

        var all = (await api.GetAsync("templates")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(TemplateInfo.All.Select(i => i.Name), all.Select(t => Text(t, "kind")));
        Assert.All(all, t => Assert.Equal(0, t.GetProperty("version").GetInt32()));
        var suffix = await api.GetAsync("templates/firstMessageSuffix");
        Assert.Equal("First-message suffix", Text(suffix, "title"));
        Assert.True(suffix.GetProperty("isDefault").GetBoolean());
        Assert.Equal(JsonValueKind.Null, suffix.GetProperty("updatedBy").ValueKind);
        Assert.Equal(
            ["clinic.name", "clinic.phone"],
            suffix.GetProperty("variables").EnumerateArray().Select(v => Text(v, "name"))
        );
        Assert.Empty(suffix.GetProperty("overrides").EnumerateArray());
    }

    [Fact]
    public async Task A_text_that_is_put_is_sent_from_then_on()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");

        var saved = await PutAsync(
            api,
            "medicalReminder",
            new { text = "{{ patient.name }} is due for {{ reminder.name }}." }
        );

        Assert.Equal("{{ patient.name }} is due for {{ reminder.name }}.", Text(saved, "text"));
        Assert.Equal(1, saved.GetProperty("version").GetInt32());
        Assert.False(saved.GetProperty("isDefault").GetBoolean());
        Assert.NotEmpty(Text(saved, "updatedBy"));
        Assert.Equal(
            saved.ToString(),
            (await api.GetAsync("templates/medicalReminder")).ToString()
        );
    }

    [Fact]
    public async Task An_appointment_type_gets_a_text_of_its_own_and_gives_it_up()
    {
        await using var app = await InboxApp.StartAsync();
        var type = (await Arranged.InAsync(app)).Type.Id.ToString();
        using var api = await app.ApiClientAsync("read", "manage");

        var saved = await PutAsync(
            api,
            "appointmentReminder",
            new { text = "No food after ten.", appointmentTypeId = type }
        );
        var own = Assert.Single(saved.GetProperty("overrides").EnumerateArray());
        Assert.Equal(
            (type, "Wellness exam", "No food after ten."),
            (Text(own, "appointmentTypeId"), Text(own, "appointmentType"), Text(own, "text"))
        );
        Assert.True(saved.GetProperty("isDefault").GetBoolean());

        saved = await PutAsync(
            api,
            "appointmentReminder",
            new { text = (string?)null, appointmentTypeId = type }
        );
        Assert.Empty(saved.GetProperty("overrides").EnumerateArray());
    }

    [Fact]
    public async Task A_poisoned_text_is_refused_with_line_and_column()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        foreach (var name in Poisons.Names.Select(row => row.Data))
        {
            var (text, line, column) = Poisons.Find(name);

            var problem = await api.FailAsync(
                HttpMethod.Put,
                "templates/appointmentReminder",
                new { text },
                422,
                "badTemplate"
            );

            var first = problem.GetProperty("errors")[0];
            Assert.Equal(
                (name, line, column),
                (name, first.GetProperty("line").GetInt32(), first.GetProperty("column").GetInt32())
            );
            Assert.NotEmpty(Text(first, "message"));
        }
        var after = await api.GetAsync("templates/appointmentReminder");
        Assert.Equal(0, after.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task What_can_not_be_written_is_said_with_a_code()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        var (nobody, put) = (Guid.NewGuid().ToString("N"), HttpMethod.Put);
        var text = "Hello";

        await api.FailAsync(HttpMethod.Get, "templates/newsletter", null, 404, "notFound");
        await api.FailAsync(put, "templates/newsletter", new { text }, 404, "notFound");
        await api.FailAsync(put, "templates/helpReply", new { }, 400, "validation");
        await api.FailAsync(
            put,
            "templates/appointmentReminder",
            new { text, appointmentTypeId = nobody },
            422,
            "unknownType"
        );
        await api.FailAsync(
            put,
            "templates/medicalReminder",
            new { text, appointmentTypeId = nobody },
            400,
            "validation"
        );
    }

    private static Task<JsonElement> PutAsync(ApiClient api, string kind, object body) =>
        api.SendAsync(HttpMethod.Put, $"templates/{kind}", body);

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
