using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>The clock, what is refused, and that all of it is of Development alone.</summary>
public sealed class DemoControlTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_clock_is_moved_by_a_duration()
    {
        var app = simulator.App;
        var before = (await app.GetJsonAsync("clock")).GetProperty("now").GetDateTimeOffset();

        using var answer = await app.PostAsync("clock", new { advance = "P1DT12H" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var now = json.GetProperty("now").GetDateTimeOffset();
        Assert.InRange((now - before).TotalHours, 36, 36.5);
        Assert.InRange((app.Clock.GetUtcNow() - now).TotalMinutes, 0, 5);
    }

    [Fact]
    public async Task The_clock_is_set_back_without_time_passing()
    {
        await using var app = await InboxApp.StartAsync();
        var before = app.Clock.GetUtcNow();

        using var answer = await app.PostAsync("clock", new { set = "-PT1H" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange((app.Clock.GetUtcNow() - before).TotalMinutes, -60, -50);
    }

    [Theory]
    [InlineData("clock", "{}")]
    [InlineData("clock", """{"advance":24}""")]
    [InlineData("clock", """{"advance":"24 hours"}""")]
    [InlineData("clock", """{"advance":"P1M"}""")]
    [InlineData("clock", """{"advance":"-PT1H"}""")]
    [InlineData("clock", """{"advance":"P99999999999999D"}""")]
    [InlineData("clock", """{"advance":"P9999D"}""")]
    [InlineData("clock", """{"set":1}""")]
    [InlineData("clock", """{"set":"an hour"}""")]
    [InlineData("clock", """{"set":"-P2D"}""")]
    [InlineData("silence", "{}")]
    [InlineData("silence", """{"for":"-PT1H"}""")]
    [InlineData("silence", """{"for":"P4D"}""")]
    [InlineData("faults", """{"receipts":"odd"}""")]
    [InlineData("faults", """{"receipts":"late","status":500}""")]
    [InlineData("faults", "{}")]
    [InlineData("faults", """{"status":200}""")]
    [InlineData("faults", """{"status":"many"}""")]
    [InlineData("faults", """{"status":500,"count":0}""")]
    [InlineData("faults", """{"status":500,"dropAfterAccept":true}""")]
    [InlineData("faults", """{"dropAfterAccept":1}""")]
    [InlineData("faults", """{"delayMs":-1}""")]
    [InlineData("faults", """{"retryAfter":5}""")]
    [InlineData("faults", """{"errorCode":"gone"}""")]
    [InlineData("faults", "nonsense")]
    [InlineData("handsets/14155550134/send", "{}")]
    [InlineData("handsets/14155550134/send", "[1]")]
    [InlineData("handsets/14155550134/send", """{"text":5}""")]
    [InlineData("handsets/14155550134/send", """{"media":"x.jpg"}""")]
    [InlineData("handsets/14155550134/send", """{"media":["javascript:alert(1)"]}""")]
    [InlineData("handsets/14155550134/send", """{"text":"Hello","to":"nobody"}""")]
    [InlineData("handsets/nobody/send", """{"text":"Hello"}""")]
    public async Task What_makes_no_sense_is_refused_with_what_is_wrong(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await simulator.App.Http.PostAsync(
            "simulator/" + path,
            content,
            Cancellation
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.NotEmpty(json.Text("detail"));
    }

    [Fact]
    public async Task Production_has_none_of_it()
    {
        using var key = RSA.Create(2048);
        await using var app = await InboxApp.StartAsync(
            settings:
            [
                ("environment", "Production"),
                ("Vonage:ApplicationId", Guid.NewGuid().ToString()),
                ("Vonage:PrivateKey", key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n")),
                ("Vonage:SignatureSecret", "a signature secret for tests, long enough"),
            ]
        );

        var routes = app.Get<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText ?? "")
            .ToList();
        Assert.Contains(routes, r => r.Contains("webhooks/vonage", StringComparison.Ordinal));
        Assert.DoesNotContain(
            routes,
            r =>
                r.Contains("simulator", StringComparison.OrdinalIgnoreCase)
                && !r.Contains("css/simulator", StringComparison.Ordinal)
        );
        Assert.Null(app.Services.GetService<Inbox.Carrier.Simulator.PhoneNetwork>());
        // Signed in, for strangers are led to the sign-in page whatever they ask for.
        using var user = await app.UserAsync(Roles.Administrator);
        foreach (var path in (string[])["", "/messages", "/faults", "/clock", "/media/paw.jpg"])
        {
            using var answer = await user.Http.GetAsync("simulator" + path, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        using var circuit = await app.Http.PostAsync("_blazor/negotiate", null, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, circuit.StatusCode);
    }
}
