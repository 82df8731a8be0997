using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Api;

/// <summary>The REST API of <c>/api/v1</c>, its keys and its description.</summary>
public static class ApiSetup
{
    public static IServiceCollection AddApi(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddSingleton<ApiKeys>();
        services.AddHostedService<DemoApiKey>();
        services.AddAuthorizationBuilder().AddApiPolicies();
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(
                ApiKeyHandler.Scheme,
                configureOptions: null
            )
            .AddPolicyScheme(
                ApiKeyHandler.CookieOrKey,
                displayName: null,
                scheme => scheme.ForwardDefaultSelector = CookieOrKey
            );
        return services;
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints) { }

    private static string CookieOrKey(HttpContext context)
    {
        var schemes = context
            .RequestServices.GetRequiredService<IOptions<AuthenticationOptions>>()
            .Value;
        return ApiKeyHandler.Presents(context.Request)
            ? ApiKeyHandler.Scheme
            : schemes.DefaultAuthenticateScheme ?? schemes.DefaultScheme ?? ApiKeyHandler.Scheme;
    }
}
