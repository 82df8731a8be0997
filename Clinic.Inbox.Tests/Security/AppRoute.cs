using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Security;

/// <summary>One address of the app with one method, read from the app itself.</summary>
/// <param name="Pattern">As it is written: <c>/clients/{id}</c>, with a slash at its beginning and none at its end.</param>
/// <param name="Page">It is a page, whose component this is.</param>
/// <param name="IsOpen">Whoever comes may.</param>
/// <param name="AsksForToken">A form without the token against forgery is refused before anything else looks at it.</param>
internal sealed record AppRoute(
    string Method,
    string Pattern,
    Type? Page,
    bool IsOpen,
    bool AsksForToken
)
{
    /// <summary>Whether it changes something, by its method: what a form of another site could send.</summary>
    public bool IsUnsafe => Method is not ("GET" or "HEAD" or "OPTIONS");

    public bool IsApi => Pattern.StartsWith("/api/", StringComparison.Ordinal);

    /// <summary>Every address but the files of the web root, which are public and hold no data.</summary>
    public static IReadOnlyList<AppRoute> Of(InboxApp app) =>
        [
            .. app
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
                .SelectMany(e =>
                    MethodsOf(e)
                        .Select(method => new AppRoute(
                            method,
                            "/" + (e.RoutePattern.RawText ?? "").Trim('/'),
                            e.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type,
                            e.Metadata.GetMetadata<IAllowAnonymous>() is not null,
                            e.Metadata.GetMetadata<IAntiforgeryMetadata>()
                                is { RequiresValidation: true }
                        ))
                )
                // Files again: those of the framework, and what no file answers to.
                .Where(route =>
                    !route.Pattern.StartsWith("/_framework/", StringComparison.Ordinal)
                    && route.Pattern != "/{**path:file}"
                )
                .Distinct()
                .OrderBy(route => route.Pattern, StringComparer.Ordinal)
                .ThenBy(route => route.Method, StringComparer.Ordinal),
        ];

    /// <summary>An address of it, without the slash at its beginning.</summary>
    /// <param name="value">What stands for a parameter, by its name.</param>
    public string Address(Func<string, string> value) =>
        string.Join('/', Pattern.Trim('/').Split('/').Select(part => Filled(part, value)));

    public override string ToString() => $"{Method} {Pattern}";

    /// <summary>A part may have words around its parameter: <c>{month}.pdf</c>.</summary>
    private static string Filled(string part, Func<string, string> value)
    {
        var open = part.IndexOf('{', StringComparison.Ordinal);
        var end = part.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 || end < open)
        {
            return part;
        }
        var name = part[(open + 1)..end].TrimStart('*').Split(':', '?', '=')[0];
        return part[..open] + value(name) + part[(end + 1)..];
    }

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named
            ? named
            : ["GET", "POST"];
}
