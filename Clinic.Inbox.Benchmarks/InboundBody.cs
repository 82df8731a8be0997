using System.Security.Cryptography;
using System.Text;

namespace Clinic.Inbox.Benchmarks;

/// <summary>A signed inbound webhook, as Vonage sends it; made before the clock starts.</summary>
internal sealed record InboundBody(string Json, string Token)
{
    public const string Line = "13125550100";
    public const string Secret = "a-signature-secret-of-the-benchmark-0123456789";

    /// <summary>How many phones text.</summary>
    private const int Phones = 2_000;

    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    public static InboundBody Make(int number) => Make(number, DateTimeOffset.UtcNow);

    /// <param name="at">When the phone sent it.</param>
    public static InboundBody Make(int number, DateTimeOffset at)
    {
        var uuid = new Guid(number, 0x1234, 0x4abc, 0x80, 1, 2, 3, 4, 5, 6, 7);
        var json =
            $$$"""{"channel":"sms","message_uuid":"{{{uuid}}}","to":"{{{Line}}}","from":"1415{{{5550000 + (number % Phones)}}}","timestamp":"{{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}}","message_type":"text","text":"Hi, can Bella come at 3pm instead? We are running late, sorry ({{{number}}})","sms":{"num_messages":"1","keyword":"HI"},"usage":{"price":"0.0057","currency":"EUR"},"origin":{"network_code":"310090"}}""";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var claims =
            $$"""{"iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}","iss":"Vonage","payload_hash":"{{hash}}","api_key":"abcd1234"}""";
        var signed = Header + "." + Encode(Encoding.UTF8.GetBytes(claims));
        var signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Secret),
            Encoding.ASCII.GetBytes(signed)
        );
        return new InboundBody(json, signed + "." + Encode(signature));
    }

    private static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
