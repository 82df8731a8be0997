namespace Clinic.Inbox.People;

/// <summary>
/// The passwords that people choose most and machines try first. Of those long enough most are a common word with digits
/// around it: so the word is looked up too, without what stands around it.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>Words of this house, which no list of leaked passwords holds.</summary>
    private static readonly string[] Ours =
    [
        "clinic",
        "clinicinbox",
        "clinic.inbox",
        "inbox",
        "veterinary",
        "veterinarian",
        "vetclinic",
        "animalhospital",
        "animalclinic",
        "reception",
        "receptionist",
        "frontdesk",
        "front desk",
        "abc",
        "p@ssword",
        "login",
    ];

    private static readonly Lazy<HashSet<string>> Words = new(Read);

    public static bool Contains(string password)
    {
        var whole = password.ToLowerInvariant();
        var core = Core(password);
        // Digits and signs alone: dates, numbers and rows of keys.
        return (core.Length == 0 && password.All(char.IsAscii))
            || Words.Value.Contains(core)
            || Words.Value.Contains(whole)
            || password.Distinct().Count() < 4
            || IsRun(password)
            || IsRepeated(whole);
    }

    /// <summary>What is left in small letters when digits and signs at both ends are gone: "Summer2026!" is "summer".</summary>
    public static string Core(string password)
    {
        var from = 0;
        var to = password.Length;
        while (from < to && !char.IsLetter(password[from]))
        {
            from++;
        }
        while (to > from && !char.IsLetter(password[to - 1]))
        {
            to--;
        }
        return password[from..to].ToLowerInvariant();
    }

    /// <summary>Each character follows the one before it: "abcdefghijk".</summary>
    private static bool IsRun(string password) =>
        Enumerable
            .Range(1, password.Length - 1)
            .All(i => Math.Abs(password[i] - password[i - 1]) == 1);

    /// <summary>A common word over and over: "monkeymonkey".</summary>
    private static bool IsRepeated(string password) =>
        Enumerable
            .Range(2, 2)
            .Where(times => password.Length % times == 0)
            .Select(times => password[..(password.Length / times)])
            .Any(part =>
                Words.Value.Contains(part)
                && password.Replace(part, "", StringComparison.Ordinal).Length == 0
            );

    // People/Data/common-passwords.txt: those of zxcvbn-ts (MIT, its licence lies beside it), in small letters.
    private static HashSet<string> Read()
    {
        using var list =
            typeof(CommonPasswords).Assembly.GetManifestResourceStream(
                "people/common-passwords.txt"
            ) ?? throw new InvalidOperationException("The list of common passwords is missing.");
        using var reader = new StreamReader(list);
        var words = new HashSet<string>(Ours, StringComparer.Ordinal);
        while (reader.ReadLine() is { } word)
        {
            words.Add(word);
        }
        return words;
    }
}
