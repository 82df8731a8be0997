using System.Globalization;

namespace Clinic.Inbox.Layout;

/// <summary>A name's colour: always the same for the same name, in every theme, with white initials at 4.5:1 or better.</summary>
public sealed record AvatarTone(string Ground)
{
    public const string Ink = "#ffffff";

    /// <summary>No red among them: red means something here.</summary>
    public static readonly IReadOnlyList<AvatarTone> All =
    [
        new("#0b746e"),
        new("#1d66a8"),
        new("#5b57b5"),
        new("#8a4a9e"),
        new("#8f5a00"),
        new("#4a6b1f"),
        new("#4d6470"),
        new("#a04a63"),
    ];

    public static AvatarTone Of(string name)
    {
        // FNV-1a: string.GetHashCode differs from one start of the app to the next.
        var hash = 2166136261u;
        foreach (var character in name.Trim().ToUpperInvariant())
        {
            hash = (hash ^ character) * 16777619u;
        }
        return All[(int)(hash % (uint)All.Count)];
    }

    /// <summary>First letters of the first and last word; whole letters, whatever the script.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = words
            .Where(word => char.IsLetterOrDigit(word, 0) || char.IsSurrogate(word[0]))
            .Select(word => StringInfo.GetNextTextElement(word).ToUpperInvariant())
            .ToArray();
        return letters.Length switch
        {
            0 => "#",
            1 => letters[0],
            _ => letters[0] + letters[^1],
        };
    }
}
