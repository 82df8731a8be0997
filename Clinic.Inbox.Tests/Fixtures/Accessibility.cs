using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Whether axe finds something in the way of somebody (WCAG 2.2 AA and good practice).</summary>
internal static class Accessibility
{
    private static readonly AxeRunOptions Options = new()
    {
        RunOnly = new RunOnlyOptions
        {
            Type = "tag",
            Values = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
        },
    };

    /// <summary>Fails when axe finds anything at all, and names it.</summary>
    public static async Task PassesAxeAsync(this IPage page, string what) =>
        Check(await page.RunAxe(Options), what);

    /// <summary>As <see cref="PassesAxeAsync(IPage, string)"/>, for a part of a page.</summary>
    public static async Task PassesAxeAsync(this ILocator part, string what) =>
        Check(await part.RunAxe(Options), what);

    private static void Check(AxeResult found, string what) =>
        Assert.True(
            found.Violations.Length == 0,
            string.Join(
                Environment.NewLine,
                found.Violations.Select(v =>
                    $"{what}: {v.Id} ({v.Impact}): {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}"
                )
            )
        );
}
