using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>The simulated Messages API takes what Vonage takes and refuses what Vonage refuses, in Vonage's words.</summary>
public sealed class MessagesApiTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private InboxApp App => simulator.App;

    public static TheoryData<string> BodiesOfTheSdk()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "vonage");
        var requests = Directory
            .GetFiles(folder, "request-*.json")
            .Select(File.ReadAllText)
            .Concat(
                File.ReadAllLines(Path.Combine(folder, "sdk-requests.txt"))
                    .Where(line => line.StartsWith("""{"channel":""", StringComparison.Ordinal))
                    // Sent on purpose without what is required; see the refusals below.
                    .Where(line => line != """{"channel":"mms","message_type":"image"}""")
            );
        return [.. requests.Distinct()];
    }

    [Theory]
    [MemberData(nameof(BodiesOfTheSdk))]
    public async Task Every_request_of_Vonages_SDK_is_accepted(string body)
    {
        using var answer = await SendAsync(body, Token());

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.True(Guid.TryParse(json.Text("message_uuid"), out _));
        Assert.Equal(
            body.Contains("failover", StringComparison.Ordinal),
            json.TryGetProperty("workflow_id", out _)
        );
    }

    [Theory]
    [InlineData("""{"channel":"mms","message_type":"image"}""", "1130", null)]
    [InlineData("""{"channel":"whatsapp","message_type":"text"}""", "1100", null)]
    [InlineData("""{"message_type":"text"}""", "1100", null)]
    [InlineData("""{"channel":"sms","message_type":"image"}""", "1140", null)]
    [InlineData("""{"channel":"sms","message_type":"text","to":"+12025550123"}""", "1130", null)]
    [InlineData("""{"channel":"sms","message_type":"text","to":"12025550123"}""", "1120", null)]
    [InlineData("""{"channel":"sms","message_type":"text",TO,"text":""}""", "1150", "text")]
    [InlineData("""{"channel":"sms","message_type":"text",TO,"text":7}""", "1150", "text")]
    [InlineData("""{"channel":"sms","message_type":"text",TO}""", "1150", "text")]
    [InlineData("""{"channel":"sms","message_type":"text",TO,"text":"a","ttl":5}""", "1150", "ttl")]
    [InlineData(
        """{"channel":"sms","message_type":"text",TO,"text":"a","webhook_url":"here"}""",
        "1150",
        "webhook_url"
    )]
    [InlineData(
        """{"channel":"sms","message_type":"text",TO,"text":"a","webhook_version":"v2"}""",
        "1150",
        "webhook_version"
    )]
    [InlineData(
        """{"channel":"sms","message_type":"text",TO,"text":"a","client_ref":"12345678901234567890123456789012345678901"}""",
        "1060",
        null
    )]
    [InlineData("""{"channel":"mms","message_type":"image",TO}""", "1150", "image")]
    [InlineData("""{"channel":"mms","message_type":"image",TO,"image":{}}""", "1150", "image.url")]
    [InlineData(
        """{"channel":"mms","message_type":"file",TO,"file":{"url":"ftp://a/b.pdf"}}""",
        "1150",
        "file.url"
    )]
    [InlineData(
        """{"channel":"mms","message_type":"content",TO,"content":[]}""",
        "1150",
        "content"
    )]
    [InlineData(
        """{"channel":"mms","message_type":"content",TO,"content":[{"type":"text","text":"a"}]}""",
        "1150",
        "content[0].type"
    )]
    [InlineData("""{"channel":"sms",""", "invalid-json", null)]
    [InlineData("[]", "invalid-json", null)]
    [InlineData("", "invalid-json", null)]
    public async Task What_Vonage_refuses_is_refused_in_its_form(
        string body,
        string code,
        string? parameter
    )
    {
        body = body.Replace(
            "TO",
            """
            "to":"12025550123","from":"12025550100"
            """.Trim(),
            StringComparison.Ordinal
        );

        using var answer = await SendAsync(body, Token());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.EndsWith("#" + code, json.Text("type"), StringComparison.Ordinal);
        Assert.NotEmpty(json.Text("title"));
        Assert.NotEmpty(json.Text("detail"));
        Assert.NotEmpty(json.Text("instance"));
        if (parameter is not null)
        {
            var wrong = Assert.Single(json.GetProperty("invalid_parameters").EnumerateArray());
            Assert.Equal(parameter, wrong.Text("name"));
            Assert.NotEmpty(wrong.Text("reason"));
        }
    }

    [Fact]
    public async Task A_text_of_1_001_characters_is_too_long()
    {
        using var longest = await SendAsync(Sms(new string('a', 1_000)), Token());
        using var longer = await SendAsync(Sms(new string('a', 1_001)), Token());

        Assert.Equal(HttpStatusCode.Accepted, longest.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, longer.StatusCode);
    }

    [Fact]
    public async Task A_token_without_an_end_is_good_for_15_minutes()
    {
        var now = DateTime.UtcNow;
        using var fresh = await SendAsync(Sms("a"), Token(issuedAt: now, expires: null));
        using var old = await SendAsync(
            Sms("a"),
            Token(issuedAt: now.AddMinutes(-20), expires: null)
        );

        Assert.Equal(HttpStatusCode.Accepted, fresh.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task Whoever_is_not_our_application_is_refused_in_Vonages_form()
    {
        using var stranger = RSA.Create(2048);
        var now = DateTime.UtcNow;
        string?[] tokens =
        [
            null,
            "",
            "nonsense",
            Token(key: stranger),
            Token(application: Guid.NewGuid().ToString()),
            Token(issuedAt: now.AddHours(-2), expires: now.AddHours(-1)),
        ];
        var expected = JsonDocument
            .Parse(
                await File.ReadAllTextAsync(
                    Path.Combine(
                        AppContext.BaseDirectory,
                        "Vectors/vonage/response-unauthorized.json"
                    ),
                    Cancellation
                )
            )
            .RootElement;
        foreach (var token in tokens)
        {
            using var answer = await SendAsync(Sms("a"), token);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            foreach (var name in (string[])["type", "title", "detail"])
            {
                Assert.Equal(expected.Text(name), json.Text(name));
            }
        }
    }

    private static string Sms(string text) =>
        JsonSerializer.Serialize(
            new
            {
                channel = "sms",
                message_type = "text",
                text,
                to = "12025550123",
                from = InboxApp.Line,
            }
        );

    private async Task<HttpResponseMessage> SendAsync(string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "simulator/v1/messages");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }
        return await App.Http.SendAsync(request, Cancellation);
    }

    private string Token() => Token(expires: DateTime.UtcNow.AddMinutes(15));

    private string Token(
        DateTime? issuedAt = null,
        DateTime? expires = null,
        string? application = null,
        RSA? key = null
    )
    {
        var account = App.Get<IOptionsMonitor<VonageOptions>>().CurrentValue;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["application_id"] = application ?? account.ApplicationId!,
                    ["jti"] = Guid.NewGuid().ToString(),
                },
                IssuedAt = issuedAt ?? DateTime.UtcNow,
                Expires = expires,
                SigningCredentials = new SigningCredentials(
                    new RsaSecurityKey(key ?? account.ReadPrivateKey()),
                    SecurityAlgorithms.RsaSha256
                ),
            }
        );
    }
}

/// <summary>One app for the tests that only ask its simulator.</summary>
public sealed class SimulatorFixture : IAsyncLifetime
{
    internal InboxApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await SimulatorClient.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
