using System.Diagnostics;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Waits for conditions, never for milliseconds.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Looks until <paramref name="found"/> returns something; fails with <paramref name="what"/> after a minute.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> found, string what)
        where T : class
    {
        // Not by the time of day, which may be set meanwhile.
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await found() is { } result)
            {
                return result;
            }
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                Assert.Fail($"Did not happen within {Patience.TotalSeconds:0} s: {what}");
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Looks until <paramref name="happened"/> says so.</summary>
    public static Task IsTrueAsync(Func<Task<bool>> happened, string what) =>
        GetAsync(async () => await happened() ? "yes" : null, what);
}
