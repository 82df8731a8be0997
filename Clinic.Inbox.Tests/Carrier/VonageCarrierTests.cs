using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Carrier;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Clinic.Inbox.Tests.Carrier;

public class VonageCarrierTests
{
    private static readonly OutgoingText Text = new(
        "abcdefg",
        "015417543010",
        "441234567890",
        "This is a test",
        []
    );
    private static readonly Uri Status = new("https://example.com/status");

    [Fact]
    public void Requests_equal_the_ones_of_the_vectors_byte_by_byte()
    {
        Assert.Equal(Vector.Text("request-sms.json").Trim(), Json(Text));
        Assert.Equal(
            Vector.Text("request-mms-image.json").Trim(),
            Json(Text with { Text = "Caption", Media = [Image("https://test.com/image.png")] })
        );
        Assert.Equal(
            Vector.Text("request-mms-file.json").Trim(),
            Json(
                Text with
                {
                    Text = "Please see the attached file.",
                    Media = [new(OutgoingMediaKind.File, new("https://example.com/file.pdf"))],
                }
            )
        );
    }

    [Fact]
    public void Text_is_escaped_as_the_official_client_does()
    {
        var json = Json(Text with { Text = "Rex’s recheck is tomorrow 9:30 \U0001F436" });
        var captured = Vector
            .Text("sdk-requests.txt")
            .Split('\n')
            .First(l => l.Contains("Rex’s", StringComparison.Ordinal));
        const string Said = "\"text\":\"Rex’s recheck is tomorrow 9:30 \\uD83D\\uDC36\"";
        Assert.Contains(Said, captured, StringComparison.Ordinal);
        Assert.Contains(Said, json, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_files_go_as_content_with_the_text_on_the_first()
    {
        var text = Text with
        {
            From = "12025550100",
            To = "12025550123",
            Text = "x",
            Media =
            [
                Image("https://clinic.example/m/x.jpg"),
                new(OutgoingMediaKind.File, new("https://clinic.example/m/i.pdf")),
            ],
        };
        using var json = JsonDocument.Parse(Json(text));
        var captured = Vector
            .Text("sdk-requests.txt")
            .Split('\n')
            .First(l => l.Contains("\"message_type\":\"content\"", StringComparison.Ordinal));
        using var official = JsonDocument.Parse(captured);
        Assert.True(
            JsonElement.DeepEquals(
                official.RootElement.GetProperty("content"),
                json.RootElement.GetProperty("content")
            )
        );
        Assert.Equal("content", json.RootElement.GetProperty("message_type").GetString());
    }

    [Theory]
    [InlineData(202, """{"message_uuid":"u-1"}""", "Accepted")]
    [InlineData(202, "{}", "Unconfirmed")]
    [InlineData(202, "", "Unconfirmed")]
    [InlineData(202, "not JSON", "Unconfirmed")]
    [InlineData(202, """{"message_uuid":null}""", "Unconfirmed")]
    [InlineData(202, """{"message_uuid":"00000000-0000-0000-0000-000000000000"}""", "Unconfirmed")]
    [InlineData(200, "", "Unconfirmed")]
    [InlineData(302, "", "Unconfirmed")]
    [InlineData(400, "", "Refused")]
    [InlineData(401, "{}", "Refused")]
    [InlineData(402, """{"title":"Low balance"}""", "NoCredit")]
    [InlineData(403, "[]", "Refused")]
    [InlineData(404, "<html>", "Refused")]
    [InlineData(422, """{"title":"1240"}""", "Refused")]
    [InlineData(429, "", "Throttled")]
    [InlineData(500, """{"title":"1000"}""", "Unconfirmed")]
    [InlineData(502, "", "Unconfirmed")]
    [InlineData(503, "", "Unconfirmed")]
    public async Task Each_answer_has_its_outcome(int status, string body, string outcome)
    {
        var calls = 0;
        await using var host = await StartAsync(async context =>
        {
            Interlocked.Increment(ref calls);
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
        });
        var answer = await Send(host);
        Assert.Equal(outcome, answer.GetType().Name);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Where_it_is_sent_on_to_a_text_does_not_follow(int status)
    {
        var calls = 0;
        await using var host = await StartAsync(context =>
        {
            Interlocked.Increment(ref calls);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/simulator/v1/messages?again";
            return Task.CompletedTask;
        });

        Assert.IsType<SendOutcome.Unconfirmed>(await Send(host));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_refusal_says_why_in_plain_words()
    {
        await using var host = await StartAsync(async context =>
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync(Vector.Text("response-unauthorized.json"));
        });
        var refused = Assert.IsType<SendOutcome.Refused>(await Send(host));
        Assert.Contains("administrator", refused.Problem.PlainWords, StringComparison.Ordinal);
        Assert.Contains("correct credentials", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Mon, 02 Mar 2026 14:01:00 GMT", 60)]
    [InlineData("Mon, 02 Mar 2020 14:01:00 GMT", 0)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public async Task Throttled_says_how_long(string? retryAfter, int? seconds)
    {
        await using var host = await StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.Date = "Mon, 02 Mar 2026 14:00:00 GMT";
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }
            return Task.CompletedTask;
        });
        var throttled = Assert.IsType<SendOutcome.Throttled>(await Send(host));
        Assert.Equal(seconds, throttled.RetryAfter?.TotalSeconds is { } s ? (int)s : null);
    }

    [Fact]
    public async Task The_request_is_signed_for_the_application()
    {
        using var rsa = RSA.Create(2048);
        var tokens = new List<string>();
        await using var host = await StartAsync(
            async context =>
            {
                tokens.Add(context.Request.Headers.Authorization.ToString()["Bearer ".Length..]);
                context.Response.StatusCode = 202;
                await context.Response.WriteAsync("""{"message_uuid":"u"}""");
            },
            // One line, as environment variables hold it.
            ("Vonage:PrivateKey", rsa.ExportRSAPrivateKeyPem().ReplaceLineEndings("\\n")),
            ("Vonage:ApplicationId", "my-application")
        );
        await Send(host);
        await Send(host);
        Assert.Equal(tokens[0], tokens[1]);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            tokens[0],
            new TokenValidationParameters
            {
                IssuerSigningKey = new RsaSecurityKey(rsa),
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                ValidateAudience = false,
                ValidateIssuer = false,
            }
        );
        Assert.True(result.IsValid);
        Assert.Equal("my-application", result.Claims["application_id"]);
        Assert.Superset(
            new HashSet<string>(["application_id", "iat", "exp", "jti"]),
            result.Claims.Keys.ToHashSet()
        );
    }

    [Fact]
    public async Task The_receipts_are_asked_for_at_our_public_address()
    {
        string? url = null;
        await using var host = await StartAsync(
            async context =>
            {
                using var json = await JsonDocument.ParseAsync(context.Request.Body);
                url = json.RootElement.GetProperty("webhook_url").GetString();
                context.Response.StatusCode = 202;
            },
            ("PublicUrl", "https://clinic.example/inbox/")
        );
        await Send(host);
        Assert.Equal("https://clinic.example/inbox/webhooks/vonage/status", url);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_request_leaves_it_unconfirmed()
    {
        var calls = 0;
        await using var host = await StartAsync(context =>
        {
            Interlocked.Increment(ref calls);
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.IsType<SendOutcome.Unconfirmed>(await Send(host));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_pooled_connection_that_died_leaves_it_unconfirmed_and_is_not_tried_again()
    {
        var calls = 0;
        await using var host = await StartAsync(async context =>
        {
            if (Interlocked.Increment(ref calls) == 2)
            {
                context.Abort();
                return;
            }
            context.Response.StatusCode = 202;
            await context.Response.WriteAsync("""{"message_uuid":"u"}""");
        });
        Assert.IsType<SendOutcome.Accepted>(await Send(host));
        Assert.IsType<SendOutcome.Unconfirmed>(await Send(host));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_refused_connection_was_surely_not_sent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var host = await StartAsync(
            _ => Task.CompletedTask,
            ("Vonage:BaseUrl", $"http://127.0.0.1:{port}")
        );
        Assert.IsType<SendOutcome.NotReached>(await Send(host));
    }

    [Theory]
    [InlineData("http://no-such-host.invalid")]
    [InlineData("TLS")]
    public async Task What_never_left_was_surely_not_sent(string baseUrl)
    {
        await using var plain = await StartAsync(_ => Task.CompletedTask);
        var address = baseUrl == "TLS" ? $"https://127.0.0.1:{plain.Address.Port}" : baseUrl;
        await using var host = await StartAsync(
            _ => Task.CompletedTask,
            ("Vonage:BaseUrl", address)
        );
        Assert.IsType<SendOutcome.NotReached>(await Send(host));
    }

    [Fact]
    public async Task Cancelling_after_it_left_is_unconfirmed_and_before_it_throws()
    {
        using var stop = new CancellationTokenSource();
        await using var host = await StartAsync(async context =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var carrier = host.Services.GetRequiredService<ICarrier>();
        Assert.IsType<SendOutcome.Unconfirmed>(await carrier.SendAsync(Text, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            carrier.SendAsync(Text, stop.Token)
        );
    }

    [Fact]
    public void Missing_credentials_are_named_one_by_one()
    {
        var missing = VonageOptions.Missing(new VonageOptions());
        Assert.Equal(3, missing.Count);
        Assert.Contains(
            missing,
            m => m.StartsWith("Vonage:ApplicationId", StringComparison.Ordinal)
        );
        Assert.Contains(missing, m => m.StartsWith("Vonage:PrivateKey", StringComparison.Ordinal));
        Assert.Contains(
            missing,
            m => m.StartsWith("Vonage:SignatureSecret", StringComparison.Ordinal)
        );

        using var rsa = RSA.Create(2048);
        var options = new VonageOptions
        {
            ApplicationId = "a",
            SignatureSecret = "s",
            PrivateKey = rsa.ExportPkcs8PrivateKeyPem(),
        };
        Assert.Empty(VonageOptions.Missing(options));
        options.PrivateKey = rsa.ExportSubjectPublicKeyInfoPem();
        Assert.StartsWith(
            "Vonage:PrivateKey can't be read",
            Assert.Single(VonageOptions.Missing(options)),
            StringComparison.Ordinal
        );
        options.PrivateKey = null;
        options.PrivateKeyFile = "/no/such/file.pem";
        Assert.StartsWith(
            "Vonage:PrivateKeyFile can't be read",
            Assert.Single(VonageOptions.Missing(options)),
            StringComparison.Ordinal
        );
    }

    private static OutgoingMedia Image(string url) => new(OutgoingMediaKind.Image, new(url));

    private static string Json(OutgoingText text) =>
        Encoding.UTF8.GetString(VonageRequest.Write(text, Status).Span);

    private static Task<SendOutcome> Send(CarrierHost host) =>
        host
            .Services.GetRequiredService<ICarrier>()
            .SendAsync(Text, TestContext.Current.CancellationToken);

    /// <summary>The app in Development, its carrier played by <paramref name="vonage"/> on the same server.</summary>
    private static Task<CarrierHost> StartAsync(
        RequestDelegate vonage,
        params (string, string?)[] settings
    ) =>
        CarrierHost.StartAsync(
            "Development",
            map: app => app.MapPost("/simulator/v1/messages", vonage),
            settings: settings
        );
}
