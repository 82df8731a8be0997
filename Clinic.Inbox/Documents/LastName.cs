using System.Globalization;
using System.Text;

namespace Clinic.Inbox.Documents;

/// <summary>Compares last names as people write them: case, accents, spaces and hyphens tell nobody apart.</summary>
internal static class LastName
{
    public static bool Matches(string? typed, string onRecord) =>
        Fold(typed ?? "") is { Length: > 0 } folded && folded == Fold(onRecord);

    /// <summary>Letters and digits alone, without accents, in capitals.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (
            var rune in Conversations
                .SmsText.RepairSurrogates(name)
                .Normalize(NormalizationForm.FormKD)
                .EnumerateRunes()
        )
        {
            if (
                Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark
                && Rune.IsLetterOrDigit(rune)
            )
            {
                folded.Append(Rune.ToUpperInvariant(rune));
            }
        }
        return folded.ToString();
    }
}
