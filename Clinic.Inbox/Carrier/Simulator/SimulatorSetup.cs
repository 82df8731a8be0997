namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>The carrier and phones inside the app; Development only.</summary>
public static class SimulatorSetup
{
    public static IServiceCollection AddSimulator(
        this IServiceCollection services,
        IHostEnvironment environment
    ) => services;

    public static void MapSimulator(this WebApplication app) { }
}
