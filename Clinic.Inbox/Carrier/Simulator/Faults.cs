namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>The faults that wait for their calls, first come, first served.</summary>
public sealed class Faults
{
    /// <summary>Faults that may wait at once.</summary>
    public const int Most = 50;

    private readonly Lock _lock = new();
    private readonly LinkedList<CarrierFault> _waiting = [];

    /// <summary>The list became another one. Raised on whatever thread it happened.</summary>
    public event EventHandler? Changed;

    /// <summary>What waits, the next first, each with the calls that are left to it.</summary>
    public IReadOnlyList<CarrierFault> Waiting
    {
        get
        {
            lock (_lock)
            {
                return [.. _waiting];
            }
        }
    }

    /// <summary>Adds one behind the others; false when <see cref="Most"/> wait.</summary>
    public bool TryAdd(CarrierFault fault)
    {
        lock (_lock)
        {
            if (_waiting.Count >= Most)
            {
                return false;
            }
            _waiting.AddLast(fault);
        }
        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The fault of the call that has just come; null: nothing goes wrong.</summary>
    /// <param name="api">Which API was called; see <see cref="CarrierFault.Api"/>.</param>
    public CarrierFault? Take(string api = CarrierFault.MessagesApi)
    {
        CarrierFault fault;
        lock (_lock)
        {
            var first = _waiting.First;
            while (first is not null && first.Value.Api != api)
            {
                first = first.Next;
            }
            if (first is null)
            {
                return null;
            }
            fault = first.Value;
            if (fault.Count > 1)
            {
                first.Value = fault with { Count = fault.Count - 1 };
            }
            else
            {
                _waiting.Remove(first);
            }
        }
        Changed?.Invoke(this, EventArgs.Empty);
        return fault;
    }
}
