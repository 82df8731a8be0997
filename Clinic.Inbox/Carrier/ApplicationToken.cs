using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// The RS256 JWT that tells Vonage who we are. One is good for 15 minutes and is used for 5, so that clocks a little
/// apart do no harm and a key is used a few times an hour instead of once a text.
/// </summary>
public sealed class ApplicationToken : IDisposable
{
    private static readonly TimeSpan Reused = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(15);

    private readonly JsonWebTokenHandler _tokens = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Lock _lock = new();
    private readonly IOptionsMonitor<VonageOptions> _options;
    private readonly TimeProvider _clock;
    private Issued? _issued;
    private (VonageOptions Source, RsaSecurityKey Key)? _key;

    /// <param name="clock">Real time, even where the demo clock was moved: Vonage lives in real time.</param>
    public ApplicationToken(IOptionsMonitor<VonageOptions> options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
    }

    /// <summary>The token to send now. Throws <see cref="InvalidOperationException"/> when the key can't be read.</summary>
    public string Current()
    {
        var options = _options.CurrentValue;
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            if (
                _issued is { } issued
                && ReferenceEquals(issued.Source, options)
                && now - issued.At < Reused
                && now >= issued.At
            )
            {
                return issued.Token;
            }
            var token = Issue(options, now);
            _issued = new Issued(options, now, token);
            return token;
        }
    }

    /// <summary>Forgets the token, after the carrier refused it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _issued = null;
        }
    }

    public void Dispose() => _key?.Key.Rsa.Dispose();

    private string Issue(VonageOptions options, DateTimeOffset now)
    {
        if (_key is not { } key || !ReferenceEquals(key.Source, options))
        {
            // The old key is not disposed: the library's cache may still hold it.
            _key = key = (options, new RsaSecurityKey(options.ReadPrivateKey()));
        }
        return _tokens.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["application_id"] = options.ApplicationId ?? "",
                    ["jti"] = Guid.NewGuid().ToString(),
                },
                IssuedAt = now.UtcDateTime,
                Expires = (now + Valid).UtcDateTime,
                SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.RsaSha256),
            }
        );
    }

    private sealed record Issued(VonageOptions Source, DateTimeOffset At, string Token);
}
