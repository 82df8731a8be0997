using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>How much is tried: what fits into a run of all tests, or with <c>FAULTS=full</c> as much as was promised.</summary>
internal static class Extent
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("FAULTS") == "full";

    /// <summary>How often a process is killed.</summary>
    public static int Kills => Full ? 20 : 3;

    /// <summary>How often a start is killed: PostgreSQL's own transactions make it the simpler case.</summary>
    public static int StartsKilled(DatabaseKind kind) =>
        kind == DatabaseKind.Sqlite ? (Full ? 20 : 2) : (Full ? 5 : 1);

    /// <summary>Texts that the carrier brings.</summary>
    public static int Webhooks => Full ? 10_000 : 1_200;

    /// <summary>Texts that the clinic sends.</summary>
    public static int Texts => Full ? 1_000 : 160;

    /// <summary>Files that clients send.</summary>
    public static int Files => Full ? 400 : 60;

    /// <summary>Months that were never closed.</summary>
    public static int Months => Full ? 200 : 48;

    /// <summary>What has to be done before a kill, of <paramref name="all"/>: at another moment each time.</summary>
    public static int Before(int kill, int all) =>
        (all * kill / (Kills + 1)) - Random.Shared.Next(all / (Kills + 1));
}
