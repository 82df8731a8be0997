namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Every text of the simulated network and the phones that are looked at. In memory, and bounded.</summary>
public sealed class PhoneNetwork
{
    /// <summary>Texts that are kept; the oldest go first.</summary>
    public const int MostMessages = 2_000;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, PhoneMessage> _messages = new(
        StringComparer.Ordinal
    );

    /// <summary>Something happened on some phone. Raised on whatever thread it happened.</summary>
    public event EventHandler? Changed;

    public void Add(PhoneMessage message)
    {
        lock (_lock)
        {
            if (_messages.Count >= MostMessages)
            {
                _messages.RemoveAt(0);
            }
            _messages[message.MessageUuid] = message;
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Changes a text that is still kept.</summary>
    public void Update(string messageUuid, Func<PhoneMessage, PhoneMessage> change)
    {
        lock (_lock)
        {
            if (!_messages.TryGetValue(messageUuid, out var message))
            {
                return;
            }
            _messages[messageUuid] = change(message);
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Everything between the phone and the clinic, oldest first.</summary>
    public IReadOnlyList<PhoneMessage> Of(string phone) => Select(m => m.Phone == phone, m => m.At);

    /// <summary>What the phone shows, oldest first.</summary>
    public IReadOnlyList<PhoneMessage> OnPhone(string phone) =>
        Select(m => m.Phone == phone && m.OnPhone, m => m.At);

    /// <summary>What the carrier accepted from the clinic, in the order it came.</summary>
    public IReadOnlyList<PhoneMessage> FromClinic() => Select(m => m.FromClinic, _ => 0);

    private List<PhoneMessage> Select<TKey>(
        Func<PhoneMessage, bool> which,
        Func<PhoneMessage, TKey> order
    )
    {
        lock (_lock)
        {
            return [.. _messages.Values.Where(which).OrderBy(order)];
        }
    }
}
