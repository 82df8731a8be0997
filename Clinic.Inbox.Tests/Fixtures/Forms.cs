using System.Net;
using System.Text.RegularExpressions;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Fills in and sends a form of a static page, as a browser would.</summary>
internal static partial class Forms
{
    /// <summary>
    /// Opens <paramref name="path"/> and posts its form <paramref name="name"/> (the page's <c>@formname</c>) back to it,
    /// with the hidden fields that stand in it (the antiforgery token among them) and <paramref name="fields"/>.
    /// </summary>
    public static async Task<HttpResponseMessage> SendFormAsync(
        this HttpClient browser,
        string path,
        string name,
        params (string Name, string Value)[] fields
    )
    {
        var cancellation = TestContext.Current.CancellationToken;
        var page = await browser.GetStringAsync(path, cancellation);
        var form = Form()
            .Matches(page)
            .Select(match => match.Value)
            .SingleOrDefault(text => text.Contains($"value=\"{name}\"", StringComparison.Ordinal));
        Assert.True(form is not null, $"{path} has no form '{name}'.");
        var values = Hidden()
            .Matches(form)
            .ToDictionary(
                match => WebUtility.HtmlDecode(match.Groups["name"].Value),
                match => WebUtility.HtmlDecode(match.Groups["value"].Value)
            );
        foreach (var (field, value) in fields)
        {
            values[field] = value;
        }
        using var content = new FormUrlEncodedContent(values);
        return await browser.PostAsync(path, content, cancellation);
    }

    /// <summary>The field that proves that a form is ours.</summary>
    public const string TokenField = "__RequestVerificationToken";

    /// <summary>What proves that a form is ours, from a page that has one; good for every form of this browser.</summary>
    public static string TokenIn(string page)
    {
        var field = Hidden()
            .Matches(page)
            .FirstOrDefault(match => match.Groups["name"].Value == TokenField);
        Assert.True(field is not null, "The page has no form of ours.");
        return WebUtility.HtmlDecode(field.Groups["value"].Value);
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    [GeneratedRegex(
        "<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Hidden();
}
