using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>The simulated carrier calls back as Vonage does: signed, and again after 429, 5xx and silence only.</summary>
public sealed class CallbackTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_webhook_that_was_not_taken_comes_again_with_a_signature_of_its_own(
        int status
    )
    {
        await using var app = await SimulatorClient.StartAsync();
        await using var listener = await WebhookListener.StartAsync(status, status, 200);

        var first = await app.Get<Callbacks>()
            .SendAsync(listener.Url, "{\"a\":1}"u8.ToArray(), static _ => { }, Cancellation);
        Assert.Equal(status, first);
        await Eventually.IsTrueAsync(
            () =>
            {
                app.Clock.Advance(TimeSpan.FromSeconds(5));
                return Task.FromResult(listener.Calls.Count == 3);
            },
            "the webhook comes a third time"
        );

        var verifier = app.Get<WebhookVerifier>();
        foreach (var call in listener.Calls)
        {
            Assert.Equal("{\"a\":1}", call.Body);
            Assert.Equal(
                WebhookSignature.Valid,
                await verifier.VerifyAsync(call.Authorization, Encoding.UTF8.GetBytes(call.Body))
            );
        }
        Assert.Equal(3, listener.Calls.Select(c => Claims(c).Id).Distinct().Count());
    }

    [Fact]
    public async Task A_webhook_that_was_refused_is_lost_as_at_Vonage()
    {
        await using var app = await SimulatorClient.StartAsync();
        await using var listener = await WebhookListener.StartAsync(400, 200);

        var first = await app.Get<Callbacks>()
            .SendAsync(listener.Url, "{}"u8.ToArray(), static _ => { }, Cancellation);
        app.Clock.Advance(TimeSpan.FromHours(1));
        // A second webhook comes after whatever the jump set off.
        await app.Get<Callbacks>()
            .SendAsync(listener.Url, "[]"u8.ToArray(), static _ => { }, Cancellation);

        Assert.Equal(400, first);
        Assert.Equal(["{}", "[]"], listener.Calls.Select(c => c.Body));
    }

    [Fact]
    public async Task A_signature_carries_what_Vonages_carries()
    {
        await using var app = await SimulatorClient.StartAsync();
        await using var listener = await WebhookListener.StartAsync(200);
        // The demo clock is of the clinic alone: the carrier signs in real time.
        app.Clock.Advance(TimeSpan.FromDays(3));

        await app.Get<Callbacks>()
            .SendAsync(listener.Url, "{}"u8.ToArray(), static _ => { }, Cancellation);

        var token = Claims(Assert.Single(listener.Calls));
        Assert.Equal("HS256", token.Alg);
        Assert.Equal("Vonage", token.Issuer);
        Assert.Equal(
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            token.GetPayloadValue<string>("payload_hash")
        );
        Assert.NotEmpty(token.GetPayloadValue<string>("api_key"));
        Assert.True(Guid.TryParse(token.GetPayloadValue<string>("application_id"), out _));
        Assert.InRange((DateTime.UtcNow - token.IssuedAt).TotalMinutes, -1, 5);
        Assert.False(token.TryGetPayloadValue<long>("exp", out _));
    }

    [Theory]
    [InlineData("sms", "submitted", "status-submitted.json")]
    [InlineData("sms", "delivered", "status-delivered.json")]
    [InlineData("sms", "rejected", "status-sms-rejected.json")]
    [InlineData("mms", "submitted", "status-mms-submitted.json")]
    [InlineData("mms", "delivered", "status-mms-delivered.json")]
    [InlineData("mms", "rejected", "status-mms-rejected.json")]
    public void A_receipt_has_the_fields_of_Vonages(string channel, string status, string vector)
    {
        var body = WebhookJson.Status(
            Message(channel, fromClinic: true) with
            {
                ClientRef = "abc123",
            },
            status,
            DateTimeOffset.UtcNow,
            status == "rejected" ? "1000" : null
        );

        Assert.Equal(Shape(Vector(vector)), Shape(JsonDocument.Parse(body).RootElement));
    }

    [Theory]
    [InlineData("", "inbound-sms.json")]
    [InlineData("image", "inbound-mms-image.json")]
    [InlineData("file", "inbound-mms-file.json")]
    [InlineData("image,image", "inbound-mms-content.json")]
    public void A_text_from_a_phone_has_the_fields_of_Vonages(string files, string vector)
    {
        var message = Message(files.Length == 0 ? "sms" : "mms", fromClinic: false) with
        {
            Text = files == "file" ? "" : "Look at this",
            Files =
            [
                .. files
                    .Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(type => new PhoneFile(type, "http://127.0.0.1/a", "a")),
            ],
        };

        var json = JsonDocument.Parse(WebhookJson.Inbound(message)).RootElement;

        // The recorded ones are not all of one account: origin is in some, and captions of a part in one.
        Assert.Equal(
            Shape(Vector(vector)).Except(["origin.network_code", "content.caption"]),
            Shape(json).Except(["origin.network_code"])
        );
    }

    private static PhoneMessage Message(string channel, bool fromClinic) =>
        new(
            Guid.NewGuid().ToString(),
            "12025550123",
            InboxApp.Line,
            fromClinic,
            channel,
            "Hello",
            1,
            [],
            DateTimeOffset.UtcNow
        );

    private static JsonElement Vector(string name) =>
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors/vonage", name)))
            .RootElement;

    /// <summary>The names of all fields with a value, sorted.</summary>
    private static IEnumerable<string> Shape(JsonElement json) =>
        Names(json, "").Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(JsonElement json, string path) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .SelectMany(p => Names(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}")),
            JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Names(item, path)),
            _ => [path],
        };

    private static JsonWebToken Claims(WebhookCall call) =>
        new(call.Authorization["Bearer ".Length..]);
}

/// <summary>What came to a webhook.</summary>
internal sealed record WebhookCall(string Authorization, string Body);

/// <summary>Somebody else's webhook: answers with one status after another, the last for good.</summary>
internal sealed class WebhookListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookListener(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/hook");

    public ConcurrentQueue<WebhookCall> Calls { get; } = new();

    public static async Task<WebhookListener> StartAsync(params int[] statuses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var listener = new WebhookListener(app);
        app.MapPost(
            "/hook",
            async (HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                var body = await reader.ReadToEndAsync(context.RequestAborted);
                var status = statuses[Math.Min(listener.Calls.Count, statuses.Length - 1)];
                listener.Calls.Enqueue(
                    new WebhookCall(context.Request.Headers.Authorization.ToString(), body)
                );
                return Results.StatusCode(status);
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return listener;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
