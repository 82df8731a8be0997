namespace Clinic.Inbox.People;

/// <summary>Signing in, roles, users.</summary>
public static class PeopleSetup
{
    public static IServiceCollection AddPeople(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        services.AddAuthentication();
        services.AddAuthorizationBuilder().AddRolePolicies();
        return services;
    }

    public static void MapPeople(this IEndpointRouteBuilder endpoints) { }
}
