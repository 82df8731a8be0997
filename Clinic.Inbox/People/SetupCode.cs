using System.Security.Cryptography;
using System.Text;

namespace Clinic.Inbox.People;

/// <summary>
/// The code that proves, at the first visit, that whoever sets the clinic up can read this server's log. New at each
/// start, good once. Nodes that share a database share it too: the first visit may land on any of them.
/// </summary>
public sealed class SetupCode
{
    // Crockford's base 32: nothing in it is mistaken for something else. 20 of them are 100 bits.
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private string _code = RandomNumberGenerator.GetString(Letters, 20);
    private int _spent;

    /// <summary>In groups of five, to read and type.</summary>
    public string Text => string.Join('-', _code.Chunk(5).Select(group => new string(group)));

    /// <summary>The letters and digits alone, as another node takes them.</summary>
    internal string Shared
    {
        get => _code;
        set => _code = value;
    }

    /// <summary>Whether it is this one. Small letters, spaces and dashes don't matter; takes as long for any guess.</summary>
    public bool Matches(string? typed)
    {
        var clean = new StringBuilder();
        foreach (var letter in (typed ?? "").Take(100).Select(char.ToUpperInvariant))
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                clean.Append(
                    letter switch
                    {
                        'O' => '0',
                        'I' or 'L' => '1',
                        _ => letter,
                    }
                );
            }
        }
        return CryptographicOperations.FixedTimeEquals(Hash(clean.ToString()), Hash(_code))
            && Volatile.Read(ref _spent) == 0;
    }

    /// <summary>From now on it matches nothing.</summary>
    public void Spend() => Volatile.Write(ref _spent, 1);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
