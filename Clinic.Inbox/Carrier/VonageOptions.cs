using System.Security.Cryptography;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// The account at Vonage: section <c>Vonage</c> of the settings. In Development what is missing is made up at start, so
/// that the simulator inside needs no account; in Production the app refuses to start without it.
/// </summary>
public sealed class VonageOptions
{
    public const string Section = "Vonage";

    /// <summary>Vonage's own address, used where <see cref="BaseUrl"/> is empty outside Development.</summary>
    public const string DefaultBaseUrl = "https://api.nexmo.com";

    /// <summary>Vonage's address for numbers, used where <see cref="NumbersUrl"/> is empty outside Development.</summary>
    public const string DefaultNumbersUrl = "https://rest.nexmo.com";

    /// <summary>Where messages are handed in; empty means Vonage itself, and in Development the simulator inside.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The Vonage application that owns our lines.</summary>
    public string? ApplicationId { get; set; }

    /// <summary>
    /// The application's RSA key as PEM, PKCS#1 or PKCS#8. Its line breaks may be written as the two characters
    /// <c>\n</c>, as environment variables often force them to be.
    /// </summary>
    public string? PrivateKey { get; set; }

    /// <summary>A file that holds the PEM; read when <see cref="PrivateKey"/> is empty.</summary>
    public string? PrivateKeyFile { get; set; }

    /// <summary>What inbound webhooks are signed with.</summary>
    public string? SignatureSecret { get; set; }

    /// <summary>The secret before this one: still valid while Vonage changes over.</summary>
    public string? PreviousSignatureSecret { get; set; }

    /// <summary>
    /// Hosts that media may be fetched from, over https; <c>*.</c> stands for any subdomain. A loopback name listed here
    /// (Development lists them) is allowed over http too.
    /// </summary>
    public string[]? MediaHosts { get; set; }

    /// <summary>Where numbers are rented; empty means Vonage itself, and in Development the simulator inside.</summary>
    public string? NumbersUrl { get; set; }

    /// <summary>The account's API key: needed to rent numbers, never to send.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The account's API secret: needed to rent numbers, never to send.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>Development without an address of its own: messages go to the simulator inside.</summary>
    internal bool UsesSimulator { get; set; }

    /// <summary>Development without an address for numbers: they come from the simulator inside.</summary>
    internal bool UsesSimulatedNumbers { get; set; }

    /// <summary>What keeps the app from talking to Vonage, one plain line for each setting; empty when all is there.</summary>
    public static IReadOnlyList<string> Missing(VonageOptions options)
    {
        var missing = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ApplicationId))
        {
            missing.Add("Vonage:ApplicationId is missing: the id of your application at Vonage.");
        }
        if (
            string.IsNullOrWhiteSpace(options.PrivateKey)
            && string.IsNullOrWhiteSpace(options.PrivateKeyFile)
        )
        {
            missing.Add(
                "Vonage:PrivateKey (or Vonage:PrivateKeyFile) is missing: the private key of that application, as PEM."
            );
        }
        else if (PrivateKeyProblem(options) is { } problem)
        {
            missing.Add(problem);
        }
        if (string.IsNullOrWhiteSpace(options.SignatureSecret))
        {
            missing.Add(
                "Vonage:SignatureSecret is missing: the signature secret of your account, which webhooks are signed with."
            );
        }
        return missing;
    }

    /// <inheritdoc cref="Missing(VonageOptions)"/>
    public static IReadOnlyList<string> Missing(IConfiguration configuration) =>
        Missing(configuration.GetSection(Section).Get<VonageOptions>() ?? new VonageOptions());

    /// <summary>Reads the private key. Throws <see cref="InvalidOperationException"/> naming the setting that is wrong.</summary>
    internal RSA ReadPrivateKey()
    {
        var fromText = !string.IsNullOrWhiteSpace(PrivateKey);
        var setting = fromText ? "Vonage:PrivateKey" : "Vonage:PrivateKeyFile";
        var rsa = RSA.Create();
        try
        {
            var pem = fromText ? PrivateKey! : File.ReadAllText(PrivateKeyFile ?? "");
            rsa.ImportFromPem(pem.Trim().Trim('"').Replace("\\n", "\n", StringComparison.Ordinal));
            _ = rsa.ExportParameters(includePrivateParameters: true);
            return rsa;
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or CryptographicException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            rsa.Dispose();
            // The message of the inner exception names the file or the fault, never the key.
            throw new InvalidOperationException($"{setting} can't be read: {e.Message}", e);
        }
    }

    private static string? PrivateKeyProblem(VonageOptions options)
    {
        try
        {
            using var key = options.ReadPrivateKey();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
