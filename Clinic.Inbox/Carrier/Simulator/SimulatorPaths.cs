namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Addresses of the simulator.</summary>
public static class SimulatorPaths
{
    public const string Page = "/simulator";

    public static string Media(string id) => $"{Page}/media/{id}";
}
