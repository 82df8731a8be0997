using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Signs a callback as Vonage does: HS256 with the account's signature secret over <c>iat</c>, <c>jti</c>, <c>iss</c>,
/// the SHA-256 of the body, <c>api_key</c> and <c>application_id</c>; no <c>exp</c>.
/// </summary>
public sealed class WebhookSigner(IOptionsMonitor<VonageOptions> options)
{
    // Shorter secrets are filled with zero bytes, as HMAC does itself (RFC 2104), to pass the library's minimum.
    private const int ShortestKey = 32;

    private readonly JsonWebTokenHandler _tokens = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>The token for one attempt to call with this body; each attempt has its own.</summary>
    public string Sign(ReadOnlySpan<byte> body)
    {
        var current = options.CurrentValue;
        return _tokens.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["iss"] = "Vonage",
                    ["jti"] = Guid.NewGuid().ToString(),
                    ["payload_hash"] = Convert.ToHexStringLower(SHA256.HashData(body)),
                    ["api_key"] = current.ApiKey is { Length: > 0 } key
                        ? key
                        : DevelopmentAccount.MadeUpApiKey,
                    ["application_id"] = current.ApplicationId ?? "",
                },
                // Real time, wherever the demo clock stands: the carrier is not part of the clinic.
                IssuedAt = DateTime.UtcNow,
                SigningCredentials = new SigningCredentials(
                    Key(current.SignatureSecret ?? ""),
                    SecurityAlgorithms.HmacSha256
                ),
            }
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
