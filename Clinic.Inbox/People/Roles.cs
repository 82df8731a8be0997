namespace Clinic.Inbox.People;

/// <summary>What people may do. Each role may do what the one before it may.</summary>
public static class Roles
{
    /// <summary>Inbox, clients, schedule.</summary>
    public const string FrontDesk = "FrontDesk";

    /// <summary>Also templates, hours, add-ons, statements, consent review, deleting a conversation.</summary>
    public const string PracticeManager = "PracticeManager";

    /// <summary>Also users, lines, carrier credentials, API keys, quarantine, audit log.</summary>
    public const string Administrator = "Administrator";

    public static readonly IReadOnlyList<string> All = [FrontDesk, PracticeManager, Administrator];

    /// <summary>A role as people read it.</summary>
    public static string NameOf(string role) =>
        role switch
        {
            FrontDesk => "Front desk",
            PracticeManager => "Practice manager",
            Administrator => "Administrator",
            _ => role,
        };

    /// <summary>The role and those above it.</summary>
    public static IEnumerable<string> AtLeast(string role) => All.SkipWhile(other => other != role);
}
