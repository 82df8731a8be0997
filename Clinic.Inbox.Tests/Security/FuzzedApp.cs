using System.Globalization;

namespace Clinic.Inbox.Tests.Security;

/// <summary>One of its own for whoever leaves nothing of the clinic as it was.</summary>
public sealed class FuzzedApp : RealApp
{
    /// <summary>Bodies in all, unless <c>INBOX_FUZZ_BODIES</c> says how many.</summary>
    internal static readonly int Bodies = int.TryParse(
        Environment.GetEnvironmentVariable("INBOX_FUZZ_BODIES"),
        CultureInfo.InvariantCulture,
        out var asked
    )
        ? asked
        : 10_000;

    /// <summary>So many that none of them is refused for the number of its tries.</summary>
    internal HttpClient[] Callers() =>
        [.. Enumerable.Range(0, Math.Max(64, Bodies / 50)).Select(_ => Caller())];

    internal void AssertQuiet()
    {
        Assert.False(HasEnded, "The app is gone: " + string.Join('\n', Said));
        Assert.True(
            Said.Count == 0,
            string.Join('\n', Said.Select(line => line[..Math.Min(700, line.Length)]).Take(40))
        );
    }
}
