namespace Clinic.Inbox.Api;

/// <summary>What an API key may do. None implies another: a key that only writes can't read.</summary>
public static class ApiScopes
{
    /// <summary>Look at lines, conversations, clients, the schedule; listen to the hub; open attachments.</summary>
    public const string Read = "read";

    /// <summary>Send texts, change conversations, clients, consents, the schedule.</summary>
    public const string Write = "write";

    /// <summary>What a practice manager may do: delete a conversation, write the texts that go out by themselves.</summary>
    public const string Manage = "manage";

    /// <summary>Claim that holds one scope of the key.</summary>
    public const string ClaimType = "scope";

    public static readonly IReadOnlyList<string> All = [Read, Write, Manage];
}
