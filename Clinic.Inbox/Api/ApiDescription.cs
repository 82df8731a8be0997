using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Clinic.Inbox.Api;

/// <summary>What the API says of itself: <c>/openapi/v1.json</c>, readable at <c>/docs/api</c>. Open to all; it holds no data.</summary>
internal static class ApiDescription
{
    private const string Scheme = "apiKey";
    private const string DocsPath = "/docs/api";

    private const string About = """
        Reads and writes the clinic's conversations, clients and schedule.

        Send an API key as `Authorization: Bearer <key>`; an administrator makes it in Settings, API keys. Its scopes
        (`read`, `write`, `manage`) say what it may do; none implies another.

        Times are ISO 8601 with offset, ids opaque strings, numbers E.164 with `+`. A list is `{ "items": [...], "next": "..." }`;
        pass `next` as `after` for the next page. Every error is `application/problem+json` with a stable `code`. A POST
        with an `Idempotency-Key` has one effect however often it is sent.

        Live changes come by the SignalR hub `/hubs/inbox`: `conversationChanged` and `inboxCount`.
        """;

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.ShouldInclude = route =>
                    route.RelativePath?.StartsWith("api/", StringComparison.OrdinalIgnoreCase)
                        is true;
                options.AddDocumentTransformer(DescribeAsync);
                options.AddOperationTransformer(DescribeOperationAsync);
            }
        );

    public static void MapApiDescription(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        endpoints
            .MapScalarApiReference(
                DocsPath,
                (options, context) =>
                {
                    options.WithTitle("API · Clinic.Inbox").WithNonce();
                    options.OpenApiRoutePattern = "/openapi/{documentName}.json";
                    options.AddDocument("v1");
                    // Nothing is loaded from anywhere else, and nothing is told to anybody.
                    options.DefaultFonts = false;
                    options.Telemetry = false;
                    options.HideClientButton = true;
                    options.Agent = new ScalarAgentOptions { Disabled = true };
                    options.Mcp = new ScalarMcpOptions { Disabled = true };
                    options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
                    options.Favicon = "/img/favicon.svg";
                    context.Response.OnStarting(() =>
                    {
                        // The page starts itself by a script of its own; only that one may run beside our files.
                        if (context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce)
                        {
                            context.Response.Headers.ContentSecurityPolicy =
                                $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
                                + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
                                + "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
                        }
                        return Task.CompletedTask;
                    });
                }
            )
            .AllowAnonymous();
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellation
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "Clinic.Inbox",
            Version = "v1",
            Description = About,
        };
        // Wherever it is read, it speaks of that server.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(
            StringComparer.Ordinal
        );
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key of Settings, API keys.",
        };
        document.Security =
        [
            new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(Scheme, document)] = [],
            },
        ];
        return Task.CompletedTask;
    }

    private static async Task DescribeOperationAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var route = context.Description;
        var scope = route
            .ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
            .Select(rule => rule.Policy)
            .Where(policy => policy is not null && ApiPolicies.ScopeOf.ContainsKey(policy))
            .Select(policy => ApiPolicies.ScopeOf[policy!])
            .FirstOrDefault();
        operation.Description = string.Join(
            "\n\n",
            ((string?[])[operation.Description, $"Needs the scope `{scope}`."]).OfType<string>()
        );
        var isPost = route.HttpMethod == HttpMethods.Post;
        if (isPost)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = Idempotency.Header,
                    In = ParameterLocation.Header,
                    Description =
                        "Any word of at most 255 characters: the request has one effect however often it is sent with it, for 48 hours.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 },
                }
            );
        }
        var schema = await context.GetOrCreateSchemaAsync(
            typeof(ApiError),
            cancellationToken: cancellation
        );
        context.Document!.AddComponent(nameof(ApiError), schema);
        operation.Responses ??= [];
        foreach (var problem in Problems(route.RelativePath ?? "", route.HttpMethod ?? "", isPost))
        {
            operation.Responses[$"{problem.Status}"] = new OpenApiResponse
            {
                Description = $"`{problem.Code}`",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ApiProblem.ContentType] = new()
                    {
                        Schema = new OpenApiSchemaReference(nameof(ApiError), context.Document),
                        Example = Example(problem),
                    },
                },
            };
        }
    }

    private static IEnumerable<ApiProblem> Problems(string path, string method, bool isPost)
    {
        yield return ApiProblem.Invalid("limit", "The limit is 1 to 200.");
        yield return ApiProblem.Of(StatusCodes.Status401Unauthorized);
        yield return ApiProblem.Of(StatusCodes.Status403Forbidden);
        yield return ApiProblem.Of(StatusCodes.Status429TooManyRequests);
        if (path.Contains('{', StringComparison.Ordinal))
        {
            yield return ApiProblem.Of(StatusCodes.Status404NotFound);
        }
        if (isPost)
        {
            yield return ApiProblem.Conflict(
                "conversationClosed",
                "The conversation is closed. The next text from this number starts a new one."
            );
        }
        if (path.EndsWith("/messages", StringComparison.Ordinal) && isPost)
        {
            yield return ApiProblem.Unprocessable(
                Consent.GateDecision.NoConsent,
                "There is no consent on record for texts to this number. Ask the client, then record the consent."
            );
        }
        // What is wrong with a template has a form of its own.
        else if (
            !HttpMethods.IsGet(method) && !path.Contains("/templates/", StringComparison.Ordinal)
        )
        {
            yield return Unknown.Client;
        }
    }

    private static JsonObject Example(ApiProblem problem)
    {
        var example = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(
                problem.Status
            ),
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
            ["code"] = problem.Code,
        };
        if (problem.Errors is { } errors)
        {
            example["errors"] = new JsonObject(
                errors.Select(e => new KeyValuePair<string, JsonNode?>(
                    e.Key,
                    new JsonArray([.. e.Value.Select(v => JsonValue.Create(v))])
                ))
            );
        }
        return example;
    }
}
