using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.People;

namespace Clinic.Inbox.Tests.Operations;

/// <summary>
/// What a browser that has never been here fetches before it shows the inbox. From source, styles come as they are so that
/// they can be changed while it runs; so what can be compressed is counted as gzip makes it. A published app sends less
/// still (Brotli). The benchmark <c>start</c> measures it in a browser.
/// </summary>
public sealed partial class WireBudgetTests
{
    private const int Budget = 300 * 1024;

    /// <summary>The page itself is not compressed (see ShellSetup), and a busy desk has fifty rows.</summary>
    private const int BudgetOfThePage = 130 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_inbox_comes_with_less_than_300_KB()
    {
        await using var app = await ProductionTests.StartAsync();
        for (var i = 0; i < 60; i++)
        {
            using var answer = await app.ReceiveAsync(
                $"1415555{1000 + i}",
                "Hi, can Bella come at 3pm instead? We are running late, sorry, and Max has a limp again",
                at: DateTimeOffset.UtcNow
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        using var desk = await app.UserAsync();
        var page = await FetchAsync(desk, "schedule/inbox");
        var html = System.Text.Encoding.UTF8.GetString(page.Body);
        var fetched = new List<(string Name, int Bytes)> { ("the page", page.Body.Length) };
        foreach (var address in AssetsOf(html))
        {
            var asset = await FetchAsync(desk, address);
            fetched.Add((address, OverTheWire(address, asset.Body)));
        }

        var list = string.Join('\n', fetched.OrderByDescending(f => f.Bytes));
        Assert.True(fetched.Count > 10, list);
        Assert.True(page.Body.Length < BudgetOfThePage, list);
        Assert.True(fetched.Sum(f => f.Bytes) < Budget, list);
    }

    [Fact]
    public async Task Styles_and_scripts_come_compressed_and_ours_are_never_asked_for_again()
    {
        await using var app = await ProductionTests.StartAsync();
        using var desk = await app.UserAsync();
        var page = await FetchAsync(desk, "schedule/inbox");
        var html = System.Text.Encoding.UTF8.GetString(page.Body);
        foreach (
            var address in AssetsOf(html).Where(a => !a.Contains("woff2", StringComparison.Ordinal))
        )
        {
            var asset = await FetchAsync(desk, address);
            Assert.True(
                asset.IsCompressed,
                $"{address} came uncompressed ({asset.Body.Length} bytes)"
            );
            if (!address.StartsWith("_content/", StringComparison.Ordinal))
            {
                // Ours are named by what is in them, and never asked for again.
                Assert.Matches(@"\.[a-z0-9]{10}\.(css|js)$", address);
            }
        }
    }

    /// <summary>Stylesheets, scripts and what is preloaded, as the page names them.</summary>
    private static IEnumerable<string> AssetsOf(string html) =>
        Asset()
            .Matches(html)
            .Select(m => m.Groups["address"].Value)
            .Distinct(StringComparer.Ordinal);

    private static async Task<Fetched> FetchAsync(DeskUser desk, string address)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(desk.Http.BaseAddress!, address)
        );
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var answer = await desk.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        var compressed = answer.Content.Headers.ContentEncoding.Contains("gzip");
        await using var plain = compressed
            ? new GZipStream(body, CompressionMode.Decompress)
            : body;
        using var read = new MemoryStream();
        await plain.CopyToAsync(read, Cancellation);
        return new Fetched(read.ToArray(), compressed);
    }

    private static int OverTheWire(string address, byte[] body)
    {
        if (address.EndsWith(".woff2", StringComparison.Ordinal))
        {
            // Compressed in itself.
            return body.Length;
        }
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(body);
        }
        return compressed.ToArray().Length;
    }

    /// <param name="Body">Without its compression.</param>
    private sealed record Fetched(byte[] Body, bool IsCompressed);

    [GeneratedRegex(
        """<(?:script[^>]*src|link[^>]*rel="(?:stylesheet|preload)"[^>]*href)="(?<address>[^"]+)"|<link[^>]*href="(?<address>[^"]+)"[^>]*rel="(?:stylesheet|preload)" """,
        RegexOptions.CultureInvariant,
        5_000
    )]
    private static partial Regex Asset();
}
