using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Knows the application by its RS256 JWT, checked with the public half of its own key. Vonage's .NET SDK sends no
/// <c>exp</c>; Vonage then counts 15 minutes from <c>iat</c>. Real time, wherever the demo clock stands.
/// </summary>
internal sealed class CallerCheck(IOptionsMonitor<VonageOptions> options)
{
    private const string Scheme = "Bearer ";
    private static readonly TimeSpan ValidWithoutEnd = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _tokens = new();
    private Account? _account;

    /// <summary>Whether the header is our application's.</summary>
    public async Task<bool> PassesAsync(string? authorization)
    {
        if (
            authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }
        var account = Current();
        var result = await _tokens.ValidateTokenAsync(
            authorization[Scheme.Length..].Trim(),
            account.Rules
        );
        return result.IsValid
            && result.SecurityToken is JsonWebToken token
            && token.TryGetPayloadValue<string>("application_id", out var application)
            && string.Equals(application, account.Source.ApplicationId, StringComparison.Ordinal)
            && !string.IsNullOrEmpty(token.Id)
            && IsFresh(token);
    }

    private static bool IsFresh(JsonWebToken token)
    {
        var now = DateTime.UtcNow;
        return token.IssuedAt != DateTime.MinValue
            && token.IssuedAt <= now + ClockSkew
            && (
                token.ValidTo != DateTime.MinValue
                || now <= token.IssuedAt + ValidWithoutEnd + ClockSkew
            );
    }

    private Account Current()
    {
        var current = options.CurrentValue;
        if (_account is not { } account || !ReferenceEquals(account.Source, current))
        {
            _account = account = Account.Of(current);
        }
        return account;
    }

    private sealed record Account(VonageOptions Source, TokenValidationParameters Rules)
    {
        public static Account Of(VonageOptions options)
        {
            using var key = options.ReadPrivateKey();
            return new Account(
                options,
                new TokenValidationParameters
                {
                    ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                    IssuerSigningKey = new RsaSecurityKey(key.ExportParameters(false)),
                    RequireSignedTokens = true,
                    RequireExpirationTime = false,
                    ValidateLifetime = true,
                    ClockSkew = ClockSkew,
                    ValidateIssuer = false,
                    ValidateAudience = false,
                }
            );
        }
    }
}
