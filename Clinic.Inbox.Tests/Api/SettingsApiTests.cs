using System.Text.Json;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Api;

public sealed class SettingsApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_week_and_the_closures_are_replaced_and_read_back()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        const string Week = """
            {"days":{"monday":[{"from":"08:00","to":"12:00"},{"from":"13:00","to":"24:00"}]},
             "closures":[{"from":"2027-12-24","to":"2027-12-26","name":" Christmas "}]}
            """;

        var put = await api.SendAsync(HttpMethod.Put, "settings/hours", Week);
        var got = await api.GetAsync("settings/hours");

        Assert.Equal(put.GetProperty("days").ToString(), got.GetProperty("days").ToString());
        Assert.Equal(
            """[{"from":"08:00","to":"12:00"},{"from":"13:00","to":"00:00"}]""",
            got.GetProperty("days").GetProperty("monday").GetRawText()
        );
        Assert.Equal(0, got.GetProperty("days").GetProperty("sunday").GetArrayLength());
        var closure = Assert.Single(got.GetProperty("closures").EnumerateArray());
        Assert.Equal("2027-12-26", closure.GetProperty("to").GetString());
        Assert.Equal("Christmas", closure.GetProperty("name").GetString());
        var hours = await app.Get<HoursBook>().HoursAsync(Cancellation);
        var now = Instant.FromDateTimeOffset(app.Clock.GetUtcNow());
        Assert.Equal(hours.Zone.Id, got.GetProperty("timeZone").GetString());
        Assert.Equal(hours.IsOpen(now), got.GetProperty("openNow").GetBoolean());
        Assert.Equal(
            hours.NextOpening(now)!.Value.ToDateTimeOffset(),
            got.GetProperty("opensNext").GetDateTimeOffset()
        );

        // Without closures they stay, with their ids; an empty list removes them.
        var kept = await api.SendAsync(
            HttpMethod.Put,
            "settings/hours",
            new { days = new { tuesday = new[] { new { from = "09:00", to = "10:00" } } } }
        );
        Assert.Equal(0, kept.GetProperty("days").GetProperty("monday").GetArrayLength());
        Assert.Equal(
            closure.GetProperty("id").GetString(),
            kept.GetProperty("closures")[0].GetProperty("id").GetString()
        );
        var none = await api.SendAsync(
            HttpMethod.Put,
            "settings/hours",
            """{"days":{},"closures":[]}"""
        );
        Assert.Equal(0, none.GetProperty("closures").GetArrayLength());
        Assert.False(none.GetProperty("openNow").GetBoolean());
        Assert.Equal(JsonValueKind.Null, none.GetProperty("opensNext").ValueKind);
    }

    [Theory]
    [InlineData("""{"monday":[{"from":"8am","to":"12:00"}]}""", "days.monday[0].from")]
    [InlineData("""{"monday":[{"from":"12:00","to":"08:00"}]}""", "days.monday[0]")]
    [InlineData(
        """{"monday":[{"from":"08:00","to":"12:00"},{"from":"11:00","to":"13:00"}]}""",
        "days.monday[1]"
    )]
    [InlineData("""{"monday":[null]}""", "days.monday[0].from")]
    public async Task Hours_that_make_no_sense_are_refused_at_their_place(string days, string field)
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("manage");

        var problem = await api.FailAsync(
            HttpMethod.Put,
            "settings/hours",
            $$"""{"days":{{days}}}""",
            422,
            "badHours"
        );

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{problem}");
        var week = await app.Get<HoursBook>().WeekAsync(Cancellation);
        Assert.Equal(WeeklyHours.Default.Days.Count, week.Days.Count);
    }

    [Theory]
    [InlineData("""{"from":"2027-12-24","to":"2027-12-20","name":"Back"}""", "closures[0].to")]
    [InlineData("""{"from":"2027-12-24","to":"2029-12-20","name":"Long"}""", "closures[0].to")]
    [InlineData("""{"from":"2027-12-24","to":"2027-12-24","name":" "}""", "closures[0].name")]
    [InlineData("""{"from":"Christmas","name":"Christmas"}""", "closures[0]")]
    [InlineData("null", "closures[0]")]
    public async Task Closures_that_make_no_sense_are_refused_and_the_week_with_them(
        string closure,
        string field
    )
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("manage");

        var problem = await api.FailAsync(
            HttpMethod.Put,
            "settings/hours",
            $$"""{"days":{},"closures":[{{closure}}]}""",
            422,
            "badClosures"
        );

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{problem}");
        Assert.NotEmpty((await app.Get<HoursBook>().WeekAsync(Cancellation)).Days);
    }

    [Fact]
    public async Task The_auto_response_is_changed_in_part_and_its_text_goes_through_the_templates()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        using var priya = await app.UserAsync();
        Assert.False(
            (await api.GetAsync("settings/auto-response")).GetProperty("active").GetBoolean()
        );

        await api.SendAsync(
            HttpMethod.Put,
            "settings/auto-response",
            new { active = true, alertUserIds = new[] { priya.User.Id } }
        );
        var changed = await api.SendAsync(
            HttpMethod.Put,
            "settings/auto-response",
            new { text = "Closed until {{ clinic.opens_next }}." }
        );

        Assert.True(changed.GetProperty("active").GetBoolean());
        Assert.Equal(priya.User.Id, changed.GetProperty("alertUserIds")[0].GetString());
        Assert.False(changed.GetProperty("quoteText").GetBoolean());
        Assert.Equal(
            "Closed until {{ clinic.opens_next }}.",
            changed.GetProperty("text").GetString()
        );
        var preview = await app.Get<AfterHoursBook>().PreviewAsync("Ana Ruiz", Cancellation);
        Assert.StartsWith("Closed until ", preview, StringComparison.Ordinal);

        var bad = await api.FailAsync(
            HttpMethod.Put,
            "settings/auto-response",
            new { active = false, text = "Hello\n{{ clinic.opens_nxt }}" },
            422,
            "badTemplate"
        );
        var error = bad.GetProperty("errors")[0];
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Equal(4, error.GetProperty("column").GetInt32());
        Assert.Contains("clinic.opens_next", error.GetProperty("message").GetString());
        await api.FailAsync(
            HttpMethod.Put,
            "settings/auto-response",
            new { active = false, alertUserIds = new[] { "nobody" } },
            422,
            "unknownUser"
        );
        // What was refused changed nothing.
        Assert.True(
            (await api.GetAsync("settings/auto-response")).GetProperty("active").GetBoolean()
        );
    }

    [Fact]
    public async Task Quiet_hours_are_replaced_or_refused_at_their_place()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        Assert.Equal(
            """{"from":"08:00","to":"21:00"}""",
            (await api.GetAsync("settings/quiet-hours")).GetRawText()
        );

        await api.SendAsync(
            HttpMethod.Put,
            "settings/quiet-hours",
            new { from = "09:30", to = "20:00" }
        );
        var problem = await api.FailAsync(
            HttpMethod.Put,
            "settings/quiet-hours",
            new { from = "21:00", to = "08:00" },
            422,
            "badQuietHours"
        );

        Assert.True(problem.GetProperty("errors").TryGetProperty("to", out _));
        Assert.Equal(
            """{"from":"09:30","to":"20:00"}""",
            (await api.GetAsync("settings/quiet-hours")).GetRawText()
        );
    }

    [Fact]
    public async Task At_most_one_add_on_is_on()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read", "manage");
        Assert.Equal(["two-way"], Enabled(await api.GetAsync("settings/add-ons")));

        var oneWay = await api.SendAsync(
            HttpMethod.Put,
            "settings/add-ons",
            new { enabled = "one-way" }
        );
        Assert.Equal(["one-way"], Enabled(oneWay));
        Assert.Equal(
            "+" + InboxApp.Line,
            oneWay.GetProperty("addOns")[1].GetProperty("numbers")[0].GetString()
        );
        var off = await api.SendAsync(HttpMethod.Put, "settings/add-ons", """{"enabled":null}""");
        Assert.Empty(Enabled(off));
        await api.FailAsync(HttpMethod.Put, "settings/add-ons", "{}", 400, "validation");
        await api.FailAsync(
            HttpMethod.Put,
            "settings/add-ons",
            new { enabled = "three-way" },
            422,
            "unknownAddOn"
        );
        var on = await api.SendAsync(
            HttpMethod.Put,
            "settings/add-ons",
            new { enabled = "two-way" }
        );
        Assert.Equal(["two-way"], Enabled(on));
        await using var db = app.Db();
        Assert.Equal(AddOn.TwoWay, (await db.Lines.SingleAsync(Cancellation)).AddOn);
        await db.Lines.ExecuteDeleteAsync(Cancellation);
        await api.FailAsync(
            HttpMethod.Put,
            "settings/add-ons",
            new { enabled = "two-way" },
            422,
            "noLine"
        );
    }

    private static string[] Enabled(JsonElement answer) =>
        [
            .. answer
                .GetProperty("addOns")
                .EnumerateArray()
                .Where(a => a.GetProperty("enabled").GetBoolean())
                .Select(a => a.GetProperty("id").GetString()!),
        ];
}
