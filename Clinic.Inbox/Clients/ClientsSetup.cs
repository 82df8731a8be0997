using Clinic.Inbox.Consent;

namespace Clinic.Inbox.Clients;

/// <summary>Clients, patients, consents as staff see them.</summary>
public static class ClientsSetup
{
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.AddSingleton<ClientBook>();
        services.AddSingleton<PatientBook>();
        services.AddSingleton<ConsentBook>();
        services.AddSingleton<ClientFacts>();
        return services;
    }
}
