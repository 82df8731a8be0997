using System.Net;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class DayPageTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 10, 16, 0, 0, TimeSpan.Zero);
    private InboxApp _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        var clinic = await Arranged.InAsync(_app);
        await _app.Get<AppointmentBook>().BookAsync(clinic.Draft(Ten), Arranged.Maya, Ct);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Nobody_sees_the_day_without_signing_in()
    {
        using var answer = await _app.Http.GetAsync("schedule/day/2026-11-10", Ct);

        Assert.DoesNotContain(
            "Biscuit",
            await answer.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_visit_shows_who_comes_when_to_whom_and_with_what_care()
    {
        var html = WebUtility.HtmlDecode(await PageAsync("schedule/day/2026-11-10"));

        Assert.Contains("Tuesday, November 10", html, StringComparison.Ordinal);
        Assert.Contains("Biscuit", html, StringComparison.Ordinal);
        Assert.Contains("Ana Ruiz", html, StringComparison.Ordinal);
        Assert.Contains("10:00 – 10:30\u00a0AM", html, StringComparison.Ordinal);
        Assert.Contains("Alert: Nervous with men", html, StringComparison.Ordinal);
        Assert.Contains("Booked", html, StringComparison.Ordinal);
        Assert.Contains("Dr. Osei", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_without_visits_says_so()
    {
        Assert.Contains(
            "No visits on this day",
            await PageAsync("schedule/day/2026-11-11"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_day_links_to_the_ones_beside_it_over_a_change_of_the_clocks()
    {
        var html = await PageAsync("schedule/day/2026-11-01");

        Assert.Contains("/schedule/day/2026-10-31", html, StringComparison.Ordinal);
        Assert.Contains("/schedule/day/2026-11-02", html, StringComparison.Ordinal);
    }

    private async Task<string> PageAsync(string path)
    {
        using var maya = await _app.UserAsync();
        return await maya.Http.GetStringAsync(path, Ct);
    }
}
