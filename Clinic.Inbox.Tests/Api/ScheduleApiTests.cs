using System.Text.Json;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Api;

/// <summary>A practice system drives the schedule and what clients are texted about it.</summary>
public sealed class ScheduleApiTests : IAsyncLifetime
{
    private static readonly HttpMethod Put = HttpMethod.Put;
    private static readonly HttpMethod Patch = HttpMethod.Patch;

    private InboxApp _app = null!;
    private ApiClient _api = null!;
    private string _client = "";
    private string _type = "";
    private DateTimeOffset _start;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        _api = await _app.ApiClientAsync("read", "write");
        _start = _app.Clock.GetUtcNow().AddDays(10);
        _client = Id(
            await _api.SendAsync(Put, "clients/external/c1", new { firstName = "Ana" }, 201)
        );
        _type = Id(
            await _api.PostAsync("appointment-types", new { name = "Surgery", minutes = 90 }, 201)
        );
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_types_texts_are_said_and_what_is_not_said_stays()
    {
        var path = $"appointment-types/{_type}";
        var fresh = await _api.GetAsync(path);
        Assert.True(fresh.GetProperty("sendsConfirmation").GetBoolean());
        Assert.Equal(JsonValueKind.Null, fresh.GetProperty("reminderOffsets").ValueKind);
        Assert.Equal(JsonValueKind.Null, fresh.GetProperty("preVisitOffset").ValueKind);

        await _api.SendAsync(
            Patch,
            path,
            new
            {
                sendsConfirmation = false,
                reminderOffsets = (int[])[60, 2880],
                preVisitOffset = 1440,
            }
        );
        var kept = await _api.SendAsync(Patch, path, new { color = "rose" });

        Assert.False(kept.GetProperty("sendsConfirmation").GetBoolean());
        Assert.Equal(
            [2880, 60],
            kept.GetProperty("reminderOffsets").EnumerateArray().Select(o => o.GetInt32())
        );
        Assert.Equal(1440, kept.GetProperty("preVisitOffset").GetInt32());

        var asTheClinic = await _api.SendAsync(
            Patch,
            path,
            """{"reminderOffsets": null, "preVisitOffset": null}"""
        );
        Assert.Equal(JsonValueKind.Null, asTheClinic.GetProperty("reminderOffsets").ValueKind);
        Assert.Equal(JsonValueKind.Null, asTheClinic.GetProperty("preVisitOffset").ValueKind);
        await _api.FailAsync(Patch, path, new { reminderOffsets = (int[])[1] }, 400, "validation");
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task A_visit_at_the_end_of_time_is_refused(string startsAt)
    {
        var visit = new
        {
            typeId = _type,
            clientId = _client,
            startsAt,
        };

        await _api.FailAsync(HttpMethod.Post, "appointments", visit, 400, "validation");
        await _api.FailAsync(Put, "appointments/external/end", visit, 400, "validation");
        var booked = Id(
            await _api.PostAsync("appointments", visit with { startsAt = $"{_start:O}" }, 201)
        );
        await _api.FailAsync(Patch, "appointments/" + booked, new { startsAt }, 400, "validation");
    }

    [Fact]
    public async Task What_is_booked_is_confirmed_and_what_is_imported_is_not()
    {
        var booked = await _api.PostAsync("appointments", Body(), 201);
        var imported = await _api.SendAsync(Put, "appointments/external/a1", Body(), 201);
        var said = await _api.SendAsync(
            Put,
            "appointments/external/a2",
            new
            {
                typeId = _type,
                clientId = _client,
                startsAt = _start,
                confirmByText = true,
            },
            201
        );
        await _app.Get<ReminderPlanner>().PlanAsync(Ct);

        Assert.True(await IsConfirmedAsync(booked));
        Assert.False(await IsConfirmedAsync(imported));
        Assert.True(await IsConfirmedAsync(said));

        // The practice system moves what was booked here: its own confirmation goes out, not ours.
        await _api.SendAsync(Put, "appointments/external/a2", new { startsAt = _start.AddDays(1) });
        await _app.Get<ReminderPlanner>().PlanAsync(Ct);
        var texts = Texts(await _api.GetAsync($"appointments/{Id(said)}"));
        Assert.DoesNotContain(
            texts,
            t => t.Kind == "confirmation" && t.State is "planned" or "held"
        );
        Assert.Equal(2, texts.Count(t => t is { Kind: "appointment", State: "planned" }));
        Assert.Equal(2, texts.Count(t => t is { Kind: "appointment", State: "cancelled" }));
    }

    [Fact]
    public async Task Patch_moves_and_changes_what_is_given()
    {
        var visit = await _api.PostAsync("appointments", Body(), 201);
        var path = $"appointments/{Id(visit)}";
        var patient = await _api.PostAsync(
            "patients",
            new
            {
                clientId = _client,
                name = "Bella",
                species = "Dog",
            },
            201
        );

        var changed = await _api.SendAsync(
            Patch,
            path,
            new { patientId = Id(patient), status = "confirmed" }
        );
        Assert.Equal(Id(patient), changed.GetProperty("patientId").GetString());
        Assert.Equal("confirmed", changed.GetProperty("status").GetString());

        var moved = await _api.SendAsync(
            Patch,
            path,
            new { startsAt = _start.AddDays(1), confirmByText = false }
        );
        Assert.False(moved.GetProperty("confirmByText").GetBoolean());
        Assert.Equal(Id(patient), moved.GetProperty("patientId").GetString());
        Assert.Equal(
            TimeSpan.FromMinutes(90),
            moved.GetProperty("endsAt").GetDateTimeOffset()
                - moved.GetProperty("startsAt").GetDateTimeOffset()
        );
        await _api.FailAsync(Patch, path, new { typeId = "nothing" }, 422, "unknownType");
    }

    private object Body() =>
        new
        {
            typeId = _type,
            clientId = _client,
            startsAt = _start,
        };

    /// <summary>A confirmation was foreseen: whether it may leave is another question.</summary>
    private async Task<bool> IsConfirmedAsync(JsonElement appointment)
    {
        await using var db = _app.Db();
        var key = $"appointment/{Id(appointment)}/confirmation/";
        return await db.PlannedReminders.AnyAsync(p => p.Key.StartsWith(key), Ct);
    }

    private static List<ApiText> Texts(JsonElement appointment) =>
        [
            .. appointment
                .GetProperty("texts")
                .EnumerateArray()
                .Select(t => new ApiText(
                    t.GetProperty("kind").GetString(),
                    t.GetProperty("state").GetString()
                )),
        ];

    private sealed record ApiText(string? Kind, string? State);

    private static string Id(JsonElement item) => item.GetProperty("id").GetString()!;
}
