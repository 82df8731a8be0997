using System.Net;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Api;

/// <summary>Every route of the API with every scope: a route without a rule fails here.</summary>
public sealed class RoutesAndScopesTests
{
    private static readonly string[] Scopes = ["read", "write", "manage"];

    [Fact]
    public async Task Each_route_opens_for_its_scope_and_no_other()
    {
        await using var app = await InboxApp.StartAsync();
        using var nobody = app.ApiClient("nobody");
        var routes = Routes(app).ToList();
        Assert.True(routes.Count >= 12, "Routes were found.");
        var wrong = new List<string>();
        foreach (var (method, path) in routes)
        {
            var needed = ScopeOf(method, path);
            if (await StatusAsync(nobody, method, path) != HttpStatusCode.Unauthorized)
            {
                wrong.Add($"{method} {path} opens without a key");
            }
            foreach (var scope in Scopes)
            {
                using var api = await app.ApiClientAsync(scope);
                var status = await StatusAsync(api, method, path);
                if (status == HttpStatusCode.Forbidden == (scope == needed))
                {
                    wrong.Add($"{method} {path} with {scope}: {(int)status}, needs {needed}");
                }
                if ((int)status >= 500)
                {
                    wrong.Add($"{method} {path}: {(int)status}");
                }
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_endpoint_of_the_app_has_a_rule()
    {
        await using var app = await InboxApp.StartAsync();

        var without = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.Metadata.GetMetadata<IAuthorizeData>() is null
                && e.Metadata.GetMetadata<IAllowAnonymous>() is null
            )
            .Select(e => e.RoutePattern.RawText ?? "")
            .Where(IsOurs)
            .Distinct();

        Assert.Empty(without);
    }

    /// <summary>The framework's own files and circuits, the static files (public), and the router's pages, which have their own test.</summary>
    private static bool IsOurs(string route) =>
        new[]
        {
            "api/",
            "hubs/",
            "health",
            "metrics",
            "openapi",
            "docs/",
            "embed/",
            "attachments",
        }.Any(start => route.TrimStart('/').StartsWith(start, StringComparison.OrdinalIgnoreCase))
        && !route.EndsWith(".js", StringComparison.Ordinal)
        && !route.Contains(".js.", StringComparison.Ordinal);

    private static string ScopeOf(string method, string path) =>
        (method, path) switch
        {
            ("POST", "text/analyze") => "read",
            ("DELETE", "conversations/{id}") => "manage",
            ("PUT", "templates/{kind}") => "manage",
            ("GET", _) => "read",
            ("PUT", _) when path.StartsWith("settings/", StringComparison.Ordinal) => "manage",
            _ => "write",
        };

    private static IEnumerable<(string Method, string Path)> Routes(InboxApp app) =>
        from endpoint in app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
        let route = endpoint.RoutePattern.RawText?.TrimStart('/') ?? ""
        where route.StartsWith("api/v1/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, route["api/v1/".Length..].TrimEnd('/'));

    private static async Task<HttpStatusCode> StatusAsync(ApiClient api, string method, string path)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            path.Replace("{id}", "nothing", StringComparison.Ordinal)
                .Replace("{externalId}", "nothing", StringComparison.Ordinal)
        );
        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent("{}", null, "application/json");
        }
        using var response = await api.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        return response.StatusCode;
    }
}
