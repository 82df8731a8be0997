using System.Threading.Channels;

namespace Clinic.Inbox.Live;

/// <summary>
/// Folds what happened until somebody takes it: of each conversation the newest, of the count the last. Never waits and
/// never grows beyond the conversations there are, however slow the taker is.
/// </summary>
internal sealed class SignalFold
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private Dictionary<string, ConversationSignal> _changed = new(StringComparer.Ordinal);
    private InboxCount? _count;

    public void Note(ConversationSignal change)
    {
        lock (_gate)
        {
            _changed[change.Id] = _changed.TryGetValue(change.Id, out var older)
                ? change.After(older)
                : change;
        }
        _bell.Writer.TryWrite(true);
    }

    public void Note(InboxCount count)
    {
        lock (_gate)
        {
            _count = count;
        }
        _bell.Writer.TryWrite(true);
    }

    /// <summary>Wakes the taker though there may be nothing to take.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Returns when there is something to take.</summary>
    public async Task WaitAsync(CancellationToken cancellation) =>
        await _bell.Reader.ReadAsync(cancellation);

    public (IReadOnlyCollection<ConversationSignal> Changed, InboxCount? Count) Take()
    {
        lock (_gate)
        {
            var taken = (_changed.Values, _count);
            _changed = new(StringComparer.Ordinal);
            _count = null;
            return taken;
        }
    }
}
