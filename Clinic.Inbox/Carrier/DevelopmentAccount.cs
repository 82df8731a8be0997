using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Fills what the settings leave open: the media hosts everywhere, and in Development an account that exists only
/// between this app and its simulator, new at each start.
/// </summary>
internal sealed class DevelopmentAccount(IHostEnvironment environment)
    : IPostConfigureOptions<VonageOptions>
{
    /// <summary>The key of an account that exists only here.</summary>
    internal const string MadeUpApiKey = "51mu1a7e";

    private static readonly string[] VonageHosts = ["*.nexmo.com", "*.vonage.com"];
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly Lazy<string> _privateKey = new(() =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    });
    private readonly string _secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
    private readonly string _apiSecret = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly string _applicationId = Guid.NewGuid().ToString();

    public void PostConfigure(string? name, VonageOptions options)
    {
        if (options.MediaHosts is null or [])
        {
            options.MediaHosts = VonageHosts;
        }
        if (!environment.IsDevelopment())
        {
            return;
        }
        options.MediaHosts = [.. options.MediaHosts.Union(Loopback, StringComparer.Ordinal)];
        options.UsesSimulator = string.IsNullOrWhiteSpace(options.BaseUrl);
        options.UsesSimulatedNumbers = string.IsNullOrWhiteSpace(options.NumbersUrl);
        if (options.UsesSimulatedNumbers)
        {
            options.ApiKey = OrElse(options.ApiKey, MadeUpApiKey);
            options.ApiSecret = OrElse(options.ApiSecret, _apiSecret);
        }
        if (
            string.IsNullOrWhiteSpace(options.PrivateKey)
            && string.IsNullOrWhiteSpace(options.PrivateKeyFile)
        )
        {
            options.PrivateKey = _privateKey.Value;
        }
        options.ApplicationId = OrElse(options.ApplicationId, _applicationId);
        options.SignatureSecret = OrElse(options.SignatureSecret, _secret);
    }

    private static string OrElse(string? configured, string madeUp) =>
        string.IsNullOrWhiteSpace(configured) ? madeUp : configured;
}
