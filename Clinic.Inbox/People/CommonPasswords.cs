namespace Clinic.Inbox.People;

/// <summary>
/// The passwords that people choose most and machines try first. Only those of ten characters and more matter here, most
/// of which are a common word with digits around it: so the word is looked up, without what stands around it.
/// </summary>
internal static class CommonPasswords
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        // Words of the usual lists of leaked passwords.
        "password",
        "passw0rd",
        "p@ssword",
        "p@ssw0rd",
        "passwort",
        "pass",
        "mypassword",
        "passwordpassword",
        "qwerty",
        "qwertyuiop",
        "qwertyqwerty",
        "asdfghjkl",
        "asdfasdf",
        "zxcvbnm",
        "qazwsx",
        "qazwsxedc",
        "1q2w3e4r5t",
        "1q2w3e4r",
        "q1w2e3r4t5",
        "1qaz2wsx",
        "1qaz2wsx3edc",
        "abc",
        "abcd",
        "abcdef",
        "abcdefg",
        "abcdefghij",
        "a1b2c3d4e5",
        "iloveyou",
        "letmein",
        "welcome",
        "administrator",
        "admin",
        "adminadmin",
        "root",
        "user",
        "guest",
        "login",
        "secret",
        "changeme",
        "default",
        "test",
        "testing",
        "testtest",
        "monkey",
        "dragon",
        "master",
        "superman",
        "batman",
        "spiderman",
        "princess",
        "sunshine",
        "football",
        "baseball",
        "basketball",
        "hockey",
        "soccer",
        "liverpool",
        "arsenal",
        "chelsea",
        "manchester",
        "barcelona",
        "jordan",
        "michael",
        "jennifer",
        "jessica",
        "michelle",
        "charlie",
        "andrew",
        "daniel",
        "ashley",
        "nicole",
        "thomas",
        "robert",
        "pokemon",
        "starwars",
        "minecraft",
        "trustno",
        "whatever",
        "computer",
        "internet",
        "samsung",
        "google",
        "facebook",
        "chocolate",
        "butterfly",
        "christmas",
        "summer",
        "winter",
        "spring",
        "autumn",
        "january",
        "february",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "friday",
        "america",
        "california",
        "newyork",
        "shadow",
        "freedom",
        "babygirl",
        "lovelove",
        "loveyou",
        // Words of this house.
        "clinic",
        "clinicinbox",
        "clinic.inbox",
        "inbox",
        "veterinary",
        "veterinarian",
        "vetclinic",
        "animal",
        "animalhospital",
        "animalclinic",
        "puppy",
        "kitten",
        "reception",
        "receptionist",
        "frontdesk",
        "front desk",
    };

    public static bool Contains(string password)
    {
        var core = Core(password);
        return core.Length == 0
            || Words.Contains(core)
            || Words.Contains(password.ToLowerInvariant())
            || password.Distinct().Count() < 4
            || IsRun(password);
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
}
