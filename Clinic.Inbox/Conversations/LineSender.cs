using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Sends what one line has to send, most urgent first, at the line's pace. A few requests may be under way at once,
/// so that one slow answer does not hold up the desk; two to the same number never are, which keeps their order.
/// </summary>
internal sealed partial class LineSender(
    Id<Line> lineId,
    Sending sending,
    OutboxSignal signal,
    TimeProvider clock,
    ILogger log
)
{
    private const int MostUnderWay = 4;

    private readonly SemaphoreSlim _places = new(MostUnderWay, MostUnderWay);
    private readonly List<Task> _underWay = [];
    private TimeSpan _backOff = TimeSpan.Zero;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    /// <summary>Returns when the queue is empty or the app stops; never throws.</summary>
    public async Task EmptyAsync(CancellationToken cancellation)
    {
        try
        {
            while (await SendNextAsync(cancellation)) { }
        }
        catch (OperationCanceledException)
        {
            // The app stops; what is under way still records its answer below.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
        await Task.WhenAll(_underWay);
    }

    private async Task<bool> SendNextAsync(CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        var rung = signal.Next;
        Claim claim;
        try
        {
            await WaitUntilAllowedAsync(cancellation);
            claim = await sending.ClaimAsync(lineId, cancellation);
        }
        catch
        {
            _places.Release();
            throw;
        }
        if (claim is Claim.Taken taken)
        {
            _underWay.RemoveAll(t => t.IsCompleted);
            _underWay.Add(SendAsync(taken));
            await Task.Delay(taken.Pace, clock, cancellation);
            return true;
        }
        _places.Release();
        if (claim is Claim.Dropped || rung.IsCompleted)
        {
            return true;
        }
        if (claim is Claim.Nothing { Waiting: false } && _underWay.TrueForAll(t => t.IsCompleted))
        {
            return false;
        }
        // Another text to the same number is under way, one is due later, or somebody may still write while we wait for
        // an answer: leaving now would make that text wait for the dispatcher's next round.
        await Task.WhenAny(
            rung,
            Task.Delay(TimeSpan.FromMilliseconds(200), cancellation),
            WhenOneEnds()
        );
        return true;
    }

    private async Task SendAsync(Claim.Taken taken)
    {
        try
        {
            // Not cancelled by the app's stopping: a request that left must have its answer recorded.
            var wait = await sending.SendAsync(taken, CancellationToken.None);
            _backOff = wait switch
            {
                null => TimeSpan.Zero,
                { Ticks: > 0 } said => said,
                _ => TimeSpan.FromSeconds(Math.Clamp(_backOff.TotalSeconds * 2, 1, 60)),
            };
            if (wait is not null)
            {
                _notBefore = clock.GetUtcNow() + _backOff;
            }
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _notBefore = clock.GetUtcNow() + TimeSpan.FromSeconds(5);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task WaitUntilAllowedAsync(CancellationToken cancellation)
    {
        while (_notBefore - clock.GetUtcNow() is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, clock, cancellation);
        }
    }

    private Task WhenOneEnds() =>
        _underWay.Count == 0
            ? Task.Delay(Timeout.Infinite)
            : Task.WhenAny(_underWay.Where(t => !t.IsCompleted).DefaultIfEmpty(Task.CompletedTask));

    [LoggerMessage(LogLevel.Error, "A line's sending failed and goes on")]
    private partial void LogFailed(Exception failure);
}
