using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Clinic.Inbox.Tests.People;

/// <summary>What an authenticator app does with its key (RFC 6238).</summary>
internal sealed partial class AuthenticatorApp(string key)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Reads the key off the page that shows it.</summary>
    public static AuthenticatorApp Scan(string page)
    {
        var shown = Shown().Match(page);
        Assert.True(shown.Success, "The page shows no key.");
        return new AuthenticatorApp(
            shown.Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()
        );
    }

    /// <param name="step">So many half minutes from now.</param>
    public string Code(int step = 0)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(
            counter,
            (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) + step
        );
#pragma warning disable CA5350 // The standard's.
        var hash = HMACSHA1.HashData(Key(), counter);
#pragma warning restore CA5350
        var at = hash[^1] & 0xf;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(at, 4)) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>A code that is none of those that count now.</summary>
    public string WrongCode()
    {
        var right = Enumerable.Range(-3, 7).Select(Code).ToHashSet(StringComparer.Ordinal);
        return Enumerable
            .Range(0, 10)
            .Select(n => n.ToString("000000", CultureInfo.InvariantCulture))
            .First(code => !right.Contains(code));
    }

    private byte[] Key()
    {
        var bytes = new List<byte>();
        var (bits, held) = (0, 0);
        foreach (var letter in key)
        {
            bits = (bits << 5) | Letters.IndexOf(letter, StringComparison.Ordinal);
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                bytes.Add((byte)(bits >> held));
                bits &= (1 << held) - 1;
            }
        }
        return [.. bytes];
    }

    [GeneratedRegex(
        "aria-label=\"Key to type\">(?<key>[a-z2-7 ]+)<",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Shown();
}
