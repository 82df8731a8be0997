using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// A file of a deleted conversation that must not be in storage any more. Written in the transaction that deletes it: who is
/// killed before the file is gone removes it at the next start.
/// </summary>
public sealed class FileToRemove
{
    private FileToRemove() { }

    public FileToRemove(Id<Attachment> id, DateTimeOffset at) => (Id, At) = (id, at);

    public Id<Attachment> Id { get; private set; }

    /// <summary>When its conversation was deleted.</summary>
    public DateTimeOffset At { get; private set; }
}
