namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>While it lasts the carrier calls nobody; then everything that was held comes at once.</summary>
public sealed class Silence(TimeProvider clock)
{
    /// <summary>The longest: what Vonage holds back longer is dropped.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    private readonly long _started = clock.GetTimestamp();
    private long _until;

    public bool Lasts => Left > TimeSpan.Zero;

    private TimeSpan Left =>
        TimeSpan.FromTicks(Interlocked.Read(ref _until)) - clock.GetElapsedTime(_started);

    /// <summary>Begins now; zero ends it.</summary>
    public void Begin(TimeSpan length) =>
        Interlocked.Exchange(ref _until, (clock.GetElapsedTime(_started) + length).Ticks);

    /// <summary>Returns when it is over.</summary>
    public async Task OverAsync(CancellationToken cancellation)
    {
        while (Left is { Ticks: > 0 } left)
        {
            await Task.Delay(left, clock, cancellation);
        }
    }
}
