using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>A file of a message. It lies in storage under its id; the name a phone gave it is only ever shown.</summary>
public sealed class Attachment
{
    private Attachment() { }

    public Attachment(Id<Attachment> id, Id<Message> messageId, string name, int position)
    {
        Id = id;
        MessageId = messageId;
        Name = name.Length > 200 ? name[..200] : name;
        Position = position;
    }

    public Id<Attachment> Id { get; private set; }
    public Id<Message> MessageId { get; private set; }
    public int Position { get; private set; }

    /// <summary>File name for people; never a path.</summary>
    public string Name { get; private set; } = "";
    public AttachmentState State { get; private set; }

    /// <summary>What its bytes say it is, for example <c>image/jpeg</c>; empty until stored.</summary>
    public string ContentType { get; private set; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Pixels, so that the page leaves room before the picture comes; 0 when it is no picture.</summary>
    public int Width { get; private set; }
    public int Height { get; private set; }
    public bool HasThumbnail { get; private set; }

    /// <summary>Where the carrier keeps it, for 48 hours; null once stored, or for our own files.</summary>
    public string? SourceUrl { get; private set; }
    public int Attempts { get; private set; }
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>Why it could not be had, in plain words.</summary>
    public string? Error { get; private set; }

    /// <summary>Unguessable part of the address under which the carrier fetches our own file; null for inbound ones.</summary>
    public string? PublicToken { get; private set; }
    public DateTimeOffset? PublicUntil { get; private set; }

    public bool IsImage => ContentType.StartsWith("image/", StringComparison.Ordinal);
    public bool IsPdf => ContentType == "application/pdf";

    public void FetchFrom(string url, DateTimeOffset at)
    {
        SourceUrl = url;
        NextAttemptAt = at;
    }

    public void Stored(string contentType, long size, int width, int height, bool hasThumbnail)
    {
        State = AttachmentState.Stored;
        ContentType = contentType;
        Size = size;
        Width = width;
        Height = height;
        HasThumbnail = hasThumbnail;
        SourceUrl = null;
        NextAttemptAt = null;
        Error = null;
    }

    public void TryAgain(DateTimeOffset at, string error)
    {
        Attempts++;
        NextAttemptAt = at;
        Error = error;
    }

    public void GiveUp(string error)
    {
        State = AttachmentState.Failed;
        NextAttemptAt = null;
        Error = error;
    }

    public void PublishFor(string token, DateTimeOffset until)
    {
        PublicToken = token;
        PublicUntil = until;
    }
}

public enum AttachmentState
{
    /// <summary>Still with the carrier; a placeholder shows.</summary>
    Pending,
    Stored,
    Failed,
}
