using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Carrier;

/// <summary>What is known of a webhook's sender.</summary>
public enum WebhookSignature
{
    /// <summary>Vonage sent it, and nobody changed a byte.</summary>
    Valid,

    /// <summary>Certainly not from Vonage: refused for good.</summary>
    Forged,

    /// <summary>No signature at all. Vonage at times forgets it, and sends again, signed, after a 5xx.</summary>
    Unsigned,

    /// <summary>We have no secret to check with: our fault, so the carrier is asked to come again.</summary>
    CannotCheck,
}

/// <summary>
/// Checks the HS256 JWT that Vonage puts on a webhook and its <c>payload_hash</c> over the raw body. Its age rejects
/// nothing: Vonage sends again for a day or more, and whether with a new <c>iat</c> is not established.
/// </summary>
public sealed class WebhookVerifier(IOptionsMonitor<VonageOptions> options)
{
    // HMAC fills a key up to its block (64 bytes for SHA-256) with zero bytes itself (RFC 2104), so a short secret that
    // is filled here gives the same signature and passes the library's minimum of 256 bits.
    private const int ShortestKey = 32;
    private const string Scheme = "Bearer ";

    private readonly JsonWebTokenHandler _tokens = new() { MaximumTokenSizeInBytes = 16 * 1024 };
    private Rules? _rules;

    /// <summary>Says whether <paramref name="body"/> is what the holder of the secret signed.</summary>
    public async ValueTask<WebhookSignature> VerifyAsync(
        string? authorization,
        ReadOnlyMemory<byte> body
    )
    {
        // First of all: without a secret nothing can be told apart, and nothing may be refused for good.
        if (CurrentRules() is not { } rules)
        {
            return WebhookSignature.CannotCheck;
        }
        if (
            authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrWhiteSpace(authorization[Scheme.Length..])
        )
        {
            return WebhookSignature.Unsigned;
        }
        var result = await _tokens.ValidateTokenAsync(
            authorization[Scheme.Length..].Trim(),
            rules.Validation
        );
        return
            result.IsValid
            && result.SecurityToken is JsonWebToken token
            && token.TryGetPayloadValue<string>("payload_hash", out var hash)
            && HashMatches(hash, body)
            ? WebhookSignature.Valid
            : WebhookSignature.Forged;
    }

    private static bool HashMatches(string claimed, ReadOnlyMemory<byte> body)
    {
        var expected = Encoding.UTF8.GetBytes(claimed.ToLowerInvariant());
        // Where something on the way wrote the JSON anew, what Vonage hashed was its own compact form.
        return Matches(expected, body.Span)
            || CompactJson.Forms(body).Any(form => Matches(expected, form));
    }

    private static bool Matches(byte[] expected, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return CryptographicOperations.FixedTimeEquals(
            expected,
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash))
        );
    }

    private Rules? CurrentRules()
    {
        VonageOptions current;
        try
        {
            current = options.CurrentValue;
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            // Settings that can't be read are settings without a secret: the caller raises the alarm.
            return null;
        }
        // The options object is a new one after each change of the settings, and the same until then.
        var rules = _rules;
        if (rules is null || !ReferenceEquals(rules.Source, current))
        {
            _rules = rules = Rules.From(current);
        }
        return rules.HasSecret ? rules : null;
    }

    /// <summary>Keys and rules made once for one state of the settings; the library caches what it computes by key.</summary>
    private sealed record Rules(
        VonageOptions Source,
        TokenValidationParameters Validation,
        bool HasSecret
    )
    {
        public static Rules From(VonageOptions options)
        {
            // Two secrets are valid while one follows the other, the present one alone decides whether there is any.
            var secrets = new[] { options.SignatureSecret, options.PreviousSignatureSecret };
            var keys = secrets.Where(s => !string.IsNullOrWhiteSpace(s)).Select(s => Key(s!));
            var validation = new TokenValidationParameters
            {
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                IssuerSigningKeys = [.. keys],
                TryAllIssuerSigningKeys = true,
                RequireSignedTokens = true,
                RequireExpirationTime = false,
                ValidateLifetime = false,
                ValidateIssuer = false,
                ValidateAudience = false,
            };
            return new Rules(
                options,
                validation,
                !string.IsNullOrWhiteSpace(options.SignatureSecret)
            );
        }

        private static SymmetricSecurityKey Key(string secret)
        {
            var bytes = Encoding.UTF8.GetBytes(secret.Trim());
            if (bytes.Length < ShortestKey)
            {
                Array.Resize(ref bytes, ShortestKey);
            }
            return new SymmetricSecurityKey(bytes);
        }
    }
}
