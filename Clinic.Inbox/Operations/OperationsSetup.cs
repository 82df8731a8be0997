namespace Clinic.Inbox.Operations;

/// <summary>Health, metrics and logs.</summary>
public static class OperationsSetup
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder) =>
        builder;

    public static void MapOperations(this IEndpointRouteBuilder endpoints) { }
}
