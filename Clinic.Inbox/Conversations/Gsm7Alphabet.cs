namespace Clinic.Inbox.Conversations;

/// <summary>The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1).</summary>
internal static class Gsm7Alphabet
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    private static readonly byte[] Costs = MakeCosts();

    /// <summary>Septets that the character costs: 1, 2 for the extension table, 0 when the alphabet does not have it.</summary>
    public static int Septets(char character) => character < Costs.Length ? Costs[character] : 0;

    public static bool Has(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (Septets(character) == 0)
            {
                return false;
            }
        }
        return true;
    }

    private static byte[] MakeCosts()
    {
        var costs = new byte['€' + 1];
        foreach (var character in Basic)
        {
            costs[character] = 1;
        }
        foreach (var character in Extension)
        {
            costs[character] = 2;
        }
        return costs;
    }
}
