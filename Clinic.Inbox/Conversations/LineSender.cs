using System.Diagnostics;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Sends what one line has to send, most urgent first, at the line's pace, for as long as the app runs. A few requests may
/// be under way at once, so that one slow answer does not hold up the desk; two to the same number never are, which keeps
/// their order.
/// </summary>
internal sealed partial class LineSender(
    Id<Line> lineId,
    Sending sending,
    LineLeases leases,
    OutboxSignal signal,
    LinePause pause,
    ILogger log
)
{
    private const int MostUnderWay = 4;

    /// <summary>How often the queue is looked at when nobody rings: texts due later, texts that another node queued.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer is waited for when the app stops; the host waits 30 s for everything.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(MostUnderWay, MostUnderWay);
    private readonly List<Task> _underWay = [];

    /// <summary>Returns when the app stops and every answer is recorded; never throws.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var cut = new CancellationTokenSource();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await SendNextAsync(cut.Token, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // What is under way still records its answer below.
            }
            catch (Exception failure)
            {
                LogFailed(failure);
                pause.AtLeast(AfterFailure);
            }
        }
        cut.CancelAfter(Grace);
        await Task.WhenAll(_underWay);
    }

    private async Task SendNextAsync(CancellationToken cut, CancellationToken stopping)
    {
        await _places.WaitAsync(stopping);
        // Taken before looking, so that what is queued meanwhile is seen at once.
        var rung = signal.Next;
        Claim claim;
        long began;
        try
        {
            await pause.WaitAsync(stopping);
            began = Stopwatch.GetTimestamp();
            claim = leases.Holds(lineId)
                ? await sending.ClaimAsync(lineId, pause, stopping)
                : new Claim.Nothing();
        }
        catch
        {
            _places.Release();
            throw;
        }
        if (claim is Claim.Taken taken)
        {
            _underWay.RemoveAll(t => t.IsCompleted);
            _underWay.Add(SendAsync(taken, cut));
            // From one look to the next, so that what a look takes does not slow the line.
            var left = taken.Pace - Stopwatch.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, stopping);
            return;
        }
        _places.Release();
        if (claim is Claim.Nothing)
        {
            // Another text to the same number may be under way: its end lets the next one leave.
            await Task.WhenAny([
                rung,
                Task.Delay(Round, stopping),
                .. _underWay.Where(t => !t.IsCompleted),
            ]);
        }
    }

    private async Task SendAsync(Claim.Taken taken, CancellationToken cut)
    {
        try
        {
            await sending.SendAsync(taken, pause, cut);
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            pause.AtLeast(AfterFailure);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(LogLevel.Error, "A line's sending failed and goes on")]
    private partial void LogFailed(Exception failure);
}
