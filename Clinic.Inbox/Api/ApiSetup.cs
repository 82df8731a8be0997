namespace Clinic.Inbox.Api;

/// <summary>The REST API of <c>/api/v1</c>, its keys and its description.</summary>
public static class ApiSetup
{
    public static IServiceCollection AddApi(
        this IServiceCollection services,
        IConfiguration configuration
    ) => services;

    public static void MapApi(this IEndpointRouteBuilder endpoints) { }
}
