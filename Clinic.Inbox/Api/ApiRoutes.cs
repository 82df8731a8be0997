using Microsoft.AspNetCore.Routing.Template;

namespace Clinic.Inbox.Api;

/// <summary>
/// Which methods an address of the API takes. Routing can't say: other routes of the app (static files in Development)
/// would have it claim that an unknown address exists.
/// </summary>
internal sealed class ApiRoutes
{
    private readonly Lazy<(TemplateMatcher Matcher, IReadOnlyList<string> Methods)[]> _routes;

    public ApiRoutes(EndpointDataSource endpoints) =>
        // Asked late, when every route is mapped.
        _routes = new(() =>
            [
                .. endpoints
                    .Endpoints.OfType<RouteEndpoint>()
                    .Where(e =>
                        e.RoutePattern.RawText?.StartsWith(
                            ApiSetup.Root,
                            StringComparison.OrdinalIgnoreCase
                        )
                            is true
                    )
                    .Select(e =>
                        (
                            new TemplateMatcher(
                                TemplateParser.Parse(e.RoutePattern.RawText!.Trim('/')),
                                []
                            ),
                            e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
                        )
                    ),
            ]
        );

    /// <summary>Empty: there is nothing at this address.</summary>
    public IReadOnlyList<string> MethodsOf(PathString path) =>
        [
            .. _routes
                .Value.Where(route => route.Matcher.TryMatch(path, []))
                .SelectMany(route => route.Methods)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
}
