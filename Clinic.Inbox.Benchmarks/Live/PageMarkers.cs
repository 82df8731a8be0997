using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// What a page says in its comments of the live parts it wants: a marker for each, and the state that the prerendered page
/// left, sealed by the server.
/// </summary>
internal sealed partial record PageMarkers(string Operations, string State)
{
    /// <exception cref="InvalidOperationException">The page has no live part: it is the sign-in page, or an error.</exception>
    public static PageMarkers Read(string page)
    {
        var markers = Marker()
            .Matches(page)
            .Select(m => JsonNode.Parse(m.Groups["json"].Value)!.AsObject())
            // A prerendered part has a second comment at its end, with nothing but its id.
            .Where(m => m.ContainsKey("descriptor"))
            .ToList();
        if (markers.Count == 0)
        {
            throw new InvalidOperationException("The page has no live part.");
        }
        var operations = markers.Select(
            (marker, i) =>
                new JsonObject
                {
                    ["type"] = "add",
                    ["ssrComponentId"] = i + 1,
                    ["marker"] = marker,
                }
        );
        var batch = new JsonObject
        {
            ["batchId"] = 1,
            ["operations"] = new JsonArray([.. operations]),
        };
        return new PageMarkers(
            batch.ToJsonString(),
            StateComment().Match(page).Groups["state"].Value
        );
    }

    [GeneratedRegex("<!--Blazor:(?<json>\\{.*?\\})-->", RegexOptions.CultureInvariant, 5_000)]
    private static partial Regex Marker();

    [GeneratedRegex(
        "<!--Blazor-Server-Component-State:(?<state>[A-Za-z0-9+/=_-]+)-->",
        RegexOptions.CultureInvariant,
        5_000
    )]
    private static partial Regex StateComment();
}
