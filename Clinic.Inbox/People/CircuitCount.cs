using System.Collections.Concurrent;

namespace Clinic.Inbox.People;

/// <summary>How many windows (circuits) each user has open on this server, those that wait for a lost browser included.</summary>
public sealed class CircuitCount(int most)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Most that one user may have: each costs memory, and nobody looks at fifty.</summary>
    public const int Usual = 50;

    public int Most => most;

    /// <summary>Whether another one would be one too many.</summary>
    public bool IsFull(string userId) => _open.GetValueOrDefault(userId) >= most;

    public bool IsEmpty(string userId) => !_open.ContainsKey(userId);

    /// <summary>Counts one more; false, and not counted, when that is one too many.</summary>
    public bool TryEnter(string userId)
    {
        var entered = false;
        _open.AddOrUpdate(userId, _ => Enter(0), (_, now) => Enter(now));
        return entered;

        int Enter(int now)
        {
            entered = now < most;
            return entered ? now + 1 : now;
        }
    }

    public void Leave(string userId)
    {
        var left = _open.AddOrUpdate(userId, 0, (_, now) => now - 1);
        if (left <= 0)
        {
            // Only if nobody entered meanwhile.
            _open.TryRemove(new KeyValuePair<string, int>(userId, left));
        }
    }
}
