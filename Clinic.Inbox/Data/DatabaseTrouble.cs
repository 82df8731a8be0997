namespace Clinic.Inbox.Data;

/// <summary>
/// Whether the database takes what is written, as the pen last found it. Pages say it, and <c>/health/ready</c>; it ends by
/// itself when a write succeeds.
/// </summary>
public sealed class DatabaseTrouble
{
    private string? _words;

    /// <summary>It began, changed or ended. Raised on whatever thread it happened.</summary>
    public event EventHandler? Changed;

    /// <summary>What is wrong, in plain words, with what happens to texts meanwhile; null: nothing.</summary>
    public string? Words => Volatile.Read(ref _words);

    internal void Began(Exception failure) =>
        Set(
            (
                DatabaseFailure.IsFullDisk(failure)
                    ? "The disk is full: nothing can be saved."
                    : "Nothing can be saved right now."
            ) + " Clients' texts wait at the carrier and come by themselves."
        );

    internal void Ended() => Set(null);

    private void Set(string? words)
    {
        if (Interlocked.Exchange(ref _words, words) != words)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }
}
