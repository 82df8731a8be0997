using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Layout;

/// <summary>What the red light shows on this circuit. <see cref="LightHost"/> sets it; rail and tabs show it.</summary>
public sealed class LightSignal
{
    /// <summary>Unread texts of the whole desk.</summary>
    public int Unread { get; private set; }

    /// <summary>A text came in and nobody has read it yet.</summary>
    public bool Flashing { get; private set; }

    /// <summary>
    /// The conversation that somebody is looking at in a focused window, so that its texts ring for nobody here; null:
    /// none.
    /// </summary>
    public Id<Conversation>? Watched { get; set; }

    /// <summary>Raised on the thread of whoever called <see cref="Set"/>.</summary>
    public event EventHandler? Changed;

    /// <summary>Does nothing when nothing changes. The light never flashes with nothing unread.</summary>
    public void Set(int unread, bool flashing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unread);
        flashing &= unread > 0;
        if (unread == Unread && flashing == Flashing)
        {
            return;
        }
        Unread = unread;
        Flashing = flashing;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
