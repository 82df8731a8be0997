using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// A file in storage that belongs to no message but to a document or to the library. As long as this row is there the
/// cleaning of storage leaves the file alone.
/// </summary>
public sealed class KeptFile
{
    private KeptFile() { }

    public KeptFile(StoredFile file, DateTimeOffset at)
    {
        Id = file.Id;
        Name = file.Name;
        ContentType = file.ContentType;
        Size = file.Size;
        Width = file.Width;
        Height = file.Height;
        HasThumbnail = file.HasThumbnail;
        KeptAt = at;
    }

    public Id<Attachment> Id { get; private set; }

    /// <summary>For people; never a path.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What its bytes say it is.</summary>
    public string ContentType { get; private set; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Pixels; 0 when it is no picture.</summary>
    public int Width { get; private set; }
    public int Height { get; private set; }
    public bool HasThumbnail { get; private set; }
    public DateTimeOffset KeptAt { get; private set; }
}
