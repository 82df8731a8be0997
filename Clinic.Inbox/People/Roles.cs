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
}
