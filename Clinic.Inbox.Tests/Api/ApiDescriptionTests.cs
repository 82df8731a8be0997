using System.Text.Json;
using System.Text.RegularExpressions;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Api;

public sealed partial class ApiDescriptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_is_described_with_its_words_its_errors_and_the_key()
    {
        await using var app = await InboxApp.StartAsync();
        var text = await app.Http.GetStringAsync("openapi/v1.json", Cancellation);
        using var json = JsonDocument.Parse(text);
        var api = json.RootElement;

        Assert.Equal(
            "bearer",
            api.GetProperty("components")
                .GetProperty("securitySchemes")
                .GetProperty("apiKey")
                .GetProperty("scheme")
                .GetString()
        );
        var paths = api.GetProperty("paths");
        var routes = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText?.Trim('/'))
            .Where(route => route.StartsWith("/api/", StringComparison.Ordinal))
            .ToHashSet();
        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            Assert.True(paths.TryGetProperty(route, out _), route);
        }
        foreach (var path in paths.EnumerateObject())
        {
            Assert.StartsWith("/api/v1/", path.Name, StringComparison.Ordinal);
            foreach (var operation in path.Value.EnumerateObject())
            {
                var where = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("summary", out _), where);
                var responses = operation.Value.GetProperty("responses");
                Assert.True(responses.TryGetProperty("401", out var error), where);
                Assert.Equal(
                    "unauthorized",
                    error
                        .GetProperty("content")
                        .GetProperty("application/problem+json")
                        .GetProperty("example")
                        .GetProperty("code")
                        .GetString()
                );
                Assert.True(responses.EnumerateObject().Any(r => r.Name[0] == '2'), where);
            }
        }
    }

    [Fact]
    public async Task The_readable_page_loads_nothing_from_anywhere_else()
    {
        await using var app = await InboxApp.StartAsync();
        using var answer = await app.Http.GetAsync("docs/api", Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));

        Assert.DoesNotContain(
            Loaded().Matches(page).Select(m => m.Groups["url"].Value),
            url => url.Contains("//", StringComparison.Ordinal)
        );
        var nonces = Nonce().Matches(page).Select(m => m.Groups["nonce"].Value).Distinct();
        Assert.Contains($"'nonce-{Assert.Single(nonces)}'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        foreach (var script in Loaded().Matches(page).Select(m => m.Groups["url"].Value))
        {
            using var file = await app.Http.GetAsync(
                new Uri(new Uri(app.Address, "docs/api"), script),
                Cancellation
            );
            Assert.True(file.IsSuccessStatusCode, script);
        }
    }

    [GeneratedRegex(
        "<(?:script|link|img)[^>]*?(?:src|href)=\"(?<url>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Loaded();

    [GeneratedRegex("<script[^>]*nonce=\"(?<nonce>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nonce();
}
