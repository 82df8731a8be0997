using System.Diagnostics;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// All screens together: waits until the last of them has drawn a text. Texts are those of <see cref="InboundBody"/>, known
/// by the number at their end.
/// </summary>
internal sealed class Desk
{
    private int _wanted = -1;
    private int _left;
    private long _first;
    private TaskCompletionSource<long> _all = new();

    /// <summary>Until <paramref name="screens"/> screens have got the text <paramref name="number"/>.</summary>
    /// <returns>A completion with the timestamp of the last.</returns>
    public Task<long> Expect(int number, int screens)
    {
        _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _left = screens;
        _first = 0;
        Volatile.Write(ref _wanted, number);
        return _all.Task;
    }

    /// <summary>When the first screen had the text that was expected last.</summary>
    public long First => Volatile.Read(ref _first);

    /// <summary>How many screens still lack it.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>A screen got a text, for the first time.</summary>
    public void Seen(int number)
    {
        if (number != Volatile.Read(ref _wanted))
        {
            return;
        }
        var now = Stopwatch.GetTimestamp();
        Interlocked.CompareExchange(ref _first, now, 0);
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.TrySetResult(now);
        }
    }
}
