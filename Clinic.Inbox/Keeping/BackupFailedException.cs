namespace Clinic.Inbox.Keeping;

/// <summary>A backup could not be made or taken back; the message says why, for whoever runs the server.</summary>
public sealed class BackupFailedException : Exception
{
    public BackupFailedException(string message)
        : base(message) { }

    public BackupFailedException(string message, Exception inner)
        : base(message, inner) { }
}
