using Clinic.Inbox.Demo;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Demo;

public sealed class DemoSwitchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Switched_off_it_fills_nothing()
    {
        await using var app = await InboxApp.StartAsync();
        await using var db = app.Db();

        Assert.False(await db.Clients.AnyAsync(Ct));
        Assert.False(await db.Users.AnyAsync(Ct));
    }

    [Fact]
    public async Task In_production_it_fills_nothing_even_when_asked_to()
    {
        await using var app = await InboxApp.StartAsync(
            demo: true,
            settings:
            [
                ("environment", "Production"),
                ("Vonage:ApplicationId", "11111111-2222-4333-8444-555555555555"),
                ("Vonage:PrivateKey", NewPrivateKey()),
                ("Vonage:SignatureSecret", "a secret of more than thirty-two characters"),
            ]
        );
        await using var db = app.Db();

        Assert.False(await db.Clients.AnyAsync(Ct));
        Assert.False(await db.Users.AnyAsync(Ct));
        Assert.False(await db.Lines.AnyAsync(Ct));
    }

    [Theory]
    // A night, an early morning, a Sunday, both changes of the clocks, the turn of the year.
    [InlineData("2026-11-25T03:00:00Z")]
    [InlineData("2026-11-23T14:01:00Z")]
    [InlineData("2026-06-14T17:30:00Z")]
    [InlineData("2026-03-08T15:00:00Z")]
    [InlineData("2026-11-01T06:30:00Z")]
    [InlineData("2027-01-01T06:00:00Z")]
    public void Whenever_the_first_look_is_each_thread_is_in_order_and_in_the_past(string now)
    {
        var instant = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);
        var time = new DemoTime(instant, DateTimeZoneProviders.Tzdb["America/Chicago"]);

        var scenes = DemoScript.Read(time);

        Assert.All(
            scenes,
            scene =>
            {
                Assert.True(scene.Lines[^1].At <= instant);
                Assert.All(
                    scene.Lines.Zip(scene.Lines.Skip(1)),
                    pair => Assert.True(pair.First.At < pair.Second.At, pair.Second.Text)
                );
                Assert.All(scene.Lines, line => Assert.DoesNotContain('{', line.Text));
            }
        );
    }

    [Fact]
    public void Minutes_of_opening_hours_go_back_over_the_night()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
        // Monday, 8:10 AM: forty minutes ago is ten of them and thirty of Sunday, which ends at five.
        var time = new DemoTime(new DateTimeOffset(2026, 11, 23, 14, 10, 0, TimeSpan.Zero), zone);

        Assert.Equal(
            new DateTimeOffset(2026, 11, 22, 22, 30, 0, TimeSpan.Zero),
            time.OpenMinutesAgo(40)
        );
    }

    [Theory]
    [InlineData("http://[::]:8080", "http://localhost:8080/simulator")]
    [InlineData("http://127.0.0.1:5188/", "http://127.0.0.1:5188/simulator")]
    public void The_welcome_names_an_address_that_can_be_opened(string bound, string handsets)
    {
        var text = DemoWelcome.Text([bound], "demo-api-key");

        Assert.Contains(handsets, text, StringComparison.Ordinal);
        Assert.Contains("maya@demo.clinic", text, StringComparison.Ordinal);
        Assert.Contains(DemoSignIns.Password, text, StringComparison.Ordinal);
        Assert.Contains("demo-api-key", text, StringComparison.Ordinal);
    }

    private static string NewPrivateKey()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
