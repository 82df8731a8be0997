namespace Clinic.Inbox.Conversations;

/// <summary>Wakes the worker that fetches attachments.</summary>
public sealed class AttachmentSignal
{
    private readonly SemaphoreSlim _woken = new(0, 1);

    public void Wake()
    {
        try
        {
            _woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Returns when woken or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) =>
        _woken.WaitAsync(atMost, cancellation);
}
