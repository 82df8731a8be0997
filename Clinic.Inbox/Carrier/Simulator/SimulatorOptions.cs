namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>How the simulated carrier behaves: section <c>Simulator</c> of the settings, Development only.</summary>
public sealed class SimulatorOptions
{
    public const string Section = "Simulator";

    /// <summary>Milliseconds from accepting a text to its <c>submitted</c> receipt.</summary>
    public int SubmittedAfterMs { get; set; } = 120;

    /// <summary>Milliseconds from <c>submitted</c> until the phone has the text and <c>delivered</c> is reported.</summary>
    public int DeliveredAfterMs { get; set; } = 240;

    internal TimeSpan SubmittedAfter =>
        TimeSpan.FromMilliseconds(Math.Clamp(SubmittedAfterMs, 0, 60_000));

    internal TimeSpan DeliveredAfter =>
        TimeSpan.FromMilliseconds(Math.Clamp(DeliveredAfterMs, 0, 60_000));
}
