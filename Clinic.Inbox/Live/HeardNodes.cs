namespace Clinic.Inbox.Live;

/// <summary>
/// How far this node has heard each of the others, so that nothing lost on the way stays unseen: a number that is
/// missing, a node that falls silent without a word.
/// </summary>
internal sealed class HeardNodes(string own)
{
    /// <summary>A node that says nothing for so long is gone: it gives a sign of life every two seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (long Sequence, long At)> _heard = new(
        StringComparer.Ordinal
    );

    /// <summary>Other nodes that are there.</summary>
    public int Others => _heard.Keys.Count(node => node != own);

    /// <summary>Takes note of a message.</summary>
    /// <param name="now">Milliseconds of a clock that only runs forward.</param>
    /// <returns>Whether something before it was missed, of this node or of one that fell silent.</returns>
    public bool Missed(NodeMessage message, long now)
    {
        var before = message.Tells ? message.Sequence - 1 : message.Sequence;
        // Of one that was unknown until now, whatever it told before.
        var missed = _heard.TryGetValue(message.Node, out var last)
            ? last.Sequence != before
            : before > 0 && message.Node != own;
        if (message.Bye)
        {
            _heard.Remove(message.Node);
        }
        else
        {
            _heard[message.Node] = (message.Sequence, now);
        }
        foreach (var (node, heard) in _heard)
        {
            if (now - heard.At > Patience.TotalMilliseconds)
            {
                // Its last commits may not have been told any more.
                _heard.Remove(node);
                missed = true;
            }
        }
        return missed;
    }
}
