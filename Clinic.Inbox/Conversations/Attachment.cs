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
        Name = AttachmentNames.Clean(name);
        Position = position;
    }

    public Id<Attachment> Id { get; private set; }
    public Id<Message> MessageId { get; private set; }
    public int Position { get; private set; }

    /// <summary>File name for people, at most 200 characters; never a path. May be empty until stored.</summary>
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

    /// <summary>How often fetching it was begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>Not to be fetched before; while it is being fetched: when another may take over. Null when nothing is to do.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>Why it could not be had, in plain words.</summary>
    public string? Error { get; private set; }

    /// <summary>Unguessable part of the address under which the carrier fetches our own file; null for inbound ones.</summary>
    public string? PublicToken { get; private set; }
    public DateTimeOffset? PublicUntil { get; private set; }

    /// <summary>A picture that browsers show; a HEIC photo is none.</summary>
    public bool IsImage => FileKinds.IsPicture(ContentType);
    public bool IsPdf => ContentType == FileKinds.Pdf.ContentType;

    public void FetchFrom(string url, DateTimeOffset at)
    {
        SourceUrl = url;
        NextAttemptAt = at;
    }

    /// <summary>Fetching begins; nobody else tries before <paramref name="again"/>, even if we never come back.</summary>
    public void BeginAttempt(DateTimeOffset again)
    {
        Attempts++;
        NextAttemptAt = again;
        Error = null;
    }

    public void Stored(string contentType, long size, int width, int height, bool hasThumbnail)
    {
        State = AttachmentState.Stored;
        ContentType = contentType;
        Name = FileKinds.Of(contentType) is { } kind ? AttachmentNames.Fitting(Name, kind) : Name;
        Size = size;
        Width = width;
        Height = height;
        HasThumbnail = hasThumbnail;
        SourceUrl = null;
        NextAttemptAt = null;
        Error = null;
    }

    /// <param name="error">Null when nothing went wrong and it only has to begin anew.</param>
    public void TryAgain(DateTimeOffset at, string? error)
    {
        NextAttemptAt = at;
        Error = error;
    }

    public void GiveUp(string error)
    {
        State = AttachmentState.Failed;
        SourceUrl = null;
        NextAttemptAt = null;
        Error = error;
    }

    public void PublishFor(string token, DateTimeOffset until)
    {
        PublicToken = token;
        PublicUntil = until;
    }

    /// <summary>A file that is sent again later must still be there for the carrier.</summary>
    public void KeepPublicUntil(DateTimeOffset until)
    {
        if (PublicToken is not null && PublicUntil < until)
        {
            PublicUntil = until;
        }
    }
}

public enum AttachmentState
{
    /// <summary>Still with the carrier; a placeholder shows.</summary>
    Pending,
    Stored,
    Failed,
}
