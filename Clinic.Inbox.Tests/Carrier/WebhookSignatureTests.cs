using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Carrier;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Clinic.Inbox.Tests.Carrier;

public class WebhookSignatureTests
{
    private static readonly byte[] Body = Vector.Bytes("inbound-sms.json");

    [Fact]
    public async Task A_signed_body_is_valid() =>
        await Expect(WebhookSignature.Valid, "Bearer " + CarrierHost.Token(Body));

    [Fact]
    public async Task The_scheme_may_be_written_in_any_case() =>
        await Expect(WebhookSignature.Valid, "bearer " + CarrierHost.Token(Body));

    [Fact]
    public async Task The_hash_may_be_written_in_capitals() =>
        await Expect(
            WebhookSignature.Valid,
            "Bearer " + CarrierHost.Token(Body, hash: Convert.ToHexString(SHA256.HashData(Body)))
        );

    [Theory]
    [InlineData(-3)]
    [InlineData(-3000)]
    [InlineData(3000)]
    public async Task Age_alone_rejects_nothing(int hours) =>
        await Expect(
            WebhookSignature.Valid,
            "Bearer " + CarrierHost.Token(Body, issuedAt: DateTime.UtcNow.AddHours(hours))
        );

    [Fact]
    public async Task An_expired_token_is_still_valid()
    {
        var token = Sign(
            new SymmetricSecurityKey(Encoding.UTF8.GetBytes(CarrierHost.Secret)),
            SecurityAlgorithms.HmacSha256,
            d =>
            {
                d.NotBefore = DateTime.UtcNow.AddHours(-3);
                d.Expires = DateTime.UtcNow.AddHours(-2);
            }
        );
        await Expect(WebhookSignature.Valid, "Bearer " + token);
    }

    [Fact]
    public async Task One_changed_byte_is_a_forgery()
    {
        byte[] changed = [.. Body];
        changed[^10] ^= 1;
        await Expect(WebhookSignature.Forged, "Bearer " + CarrierHost.Token(Body), changed);
    }

    [Fact]
    public async Task A_wrong_key_is_a_forgery() =>
        await Expect(
            WebhookSignature.Forged,
            "Bearer " + CarrierHost.Token(Body, "some other secret of some other account")
        );

    [Fact]
    public async Task A_missing_hash_is_a_forgery() =>
        await Expect(WebhookSignature.Forged, "Bearer " + CarrierHost.Token(Body, withHash: false));

    [Theory]
    [InlineData("not a token")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    public async Task What_is_no_token_is_a_forgery(string token) =>
        await Expect(WebhookSignature.Forged, "Bearer " + token);

    [Fact]
    public async Task A_token_without_a_signature_is_a_forgery()
    {
        var signed = CarrierHost.Token(Body).Split('.');
        foreach (var alg in (string[])["none", "None", "NONE"])
        {
            var header = Base64UrlEncoder.Encode($$"""{"alg":"{{alg}}","typ":"JWT"}""");
            await Expect(WebhookSignature.Forged, $"Bearer {header}.{signed[1]}.");
            await Expect(WebhookSignature.Forged, $"Bearer {header}.{signed[1]}.{signed[2]}");
        }
    }

    [Theory]
    [InlineData(SecurityAlgorithms.HmacSha384)]
    [InlineData(SecurityAlgorithms.HmacSha512)]
    public async Task Another_algorithm_with_the_right_secret_is_a_forgery(string algorithm)
    {
        // Long enough for both algorithms.
        var secret = new string('s', 64);
        var token = Sign(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), algorithm);
        var verifier = Verifier(secret);
        Assert.Equal(WebhookSignature.Forged, await verifier.VerifyAsync("Bearer " + token, Body));
    }

    [Fact]
    public async Task An_RSA_token_is_a_forgery_even_when_its_public_key_is_the_secret()
    {
        using var rsa = RSA.Create(2048);
        var verifier = Verifier(rsa.ExportSubjectPublicKeyInfoPem());
        var token = Sign(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256);
        Assert.Equal(WebhookSignature.Forged, await verifier.VerifyAsync("Bearer " + token, Body));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic YWJjOmRlZg==")]
    public async Task No_signature_at_all_is_unsigned(string? authorization) =>
        await Expect(WebhookSignature.Unsigned, authorization);

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public async Task Without_a_secret_nothing_can_be_checked(string? secret)
    {
        var verifier = Verifier(secret);
        Assert.Equal(
            WebhookSignature.CannotCheck,
            await verifier.VerifyAsync("Bearer " + CarrierHost.Token(Body), Body)
        );
    }

    [Theory]
    [InlineData("s")]
    [InlineData("sixteen letters!")]
    public async Task A_short_secret_works(string secret)
    {
        // Signed by HMAC itself with the short key, not by the library with a padded one.
        var unsigned = CarrierHost.Token(Body).Split('.');
        var data = unsigned[0] + "." + unsigned[1];
        var mac = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret),
            Encoding.ASCII.GetBytes(data)
        );
        var token = data + "." + Base64UrlEncoder.Encode(mac);
        var verifier = Verifier(secret);
        Assert.Equal(WebhookSignature.Valid, await verifier.VerifyAsync("Bearer " + token, Body));
    }

    [Fact]
    public async Task Two_secrets_are_valid_while_one_follows_the_other()
    {
        var verifier = Verifier("the new secret that is used from now on", CarrierHost.Secret);
        foreach (
            var secret in (string[])[CarrierHost.Secret, "the new secret that is used from now on"]
        )
        {
            Assert.Equal(
                WebhookSignature.Valid,
                await verifier.VerifyAsync("Bearer " + CarrierHost.Token(Body, secret), Body)
            );
        }
    }

    [Fact]
    public async Task A_hash_over_the_compact_form_is_accepted()
    {
        var sent = """{ "text" : "caf\u00e9 \/ \"x\"", "n" : [ 1, 2.50, { } ], "e" : "\n" }""";
        foreach (
            var hashed in (string[])
                [
                    """{"text":"caf\u00e9 \/ \"x\"","n":[1,2.50,{}],"e":"\n"}""",
                    """{"text":"café / \"x\"","n":[1,2.50,{}],"e":"\n"}""",
                ]
        )
        {
            await Expect(
                WebhookSignature.Valid,
                "Bearer " + CarrierHost.Token(Encoding.UTF8.GetBytes(hashed)),
                Encoding.UTF8.GetBytes(sent)
            );
        }
    }

    [Fact]
    public async Task A_check_costs_far_less_than_a_commit()
    {
        var verifier = Verifier(CarrierHost.Secret);
        var authorization = "Bearer " + CarrierHost.Token(Body);
        await verifier.VerifyAsync(authorization, Body);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 2000; i++)
        {
            await verifier.VerifyAsync(authorization, Body);
        }
        var each = System.Diagnostics.Stopwatch.GetElapsedTime(started) / 2000;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each.TotalMicroseconds:F1} µs each");
        Assert.True(each < TimeSpan.FromMilliseconds(5), $"{each} each");
    }

    private static string Sign(
        SecurityKey key,
        string algorithm,
        Action<SecurityTokenDescriptor>? change = null
    )
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["payload_hash"] = Convert.ToHexStringLower(SHA256.HashData(Body)),
            },
            SigningCredentials = new SigningCredentials(key, algorithm),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            descriptor
        );
    }

    private static WebhookVerifier Verifier(string? secret, string? previous = null)
    {
        var services = new ServiceCollection();
        services.Configure<VonageOptions>(o =>
        {
            o.SignatureSecret = secret;
            o.PreviousSignatureSecret = previous;
        });
        services.AddSingleton<WebhookVerifier>();
        return services.BuildServiceProvider().GetRequiredService<WebhookVerifier>();
    }

    private static async Task Expect(
        WebhookSignature expected,
        string? authorization,
        byte[]? body = null
    )
    {
        var verifier = Verifier(CarrierHost.Secret);
        Assert.Equal(expected, await verifier.VerifyAsync(authorization, body ?? Body));
    }
}
