using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>
/// Something that a client was sent a private link to. The row stays as history when the file behind it is gone, and when
/// the conversation is deleted in which it was sent.
/// </summary>
public sealed class SharedDocument
{
    /// <summary>Wrong last names after which the link opens for nobody.</summary>
    public const int MostWrongNames = 10;

    /// <summary>Characters of a title.</summary>
    public const int LongestTitle = 100;

    /// <summary>Characters of an update on a patient.</summary>
    public const int LongestText = 4_000;

    /// <summary>Days that a link works unless staff choose otherwise.</summary>
    public const int UsualDays = 14;

    /// <summary>The choices, in days.</summary>
    public static readonly IReadOnlyList<int> Lifetimes = [1, 3, 7, UsualDays, 30, 90];

    private SharedDocument() { }

    /// <exception cref="ArgumentException">The title is empty or too long.</exception>
    public SharedDocument(
        Id<SharedDocument> id,
        DocumentKind kind,
        string title,
        Id<Client> clientId,
        PhoneNumber number,
        DateTimeOffset at,
        string by,
        DateTimeOffset expiresAt
    )
    {
        if (string.IsNullOrWhiteSpace(title) || title.Length > LongestTitle)
        {
            throw new ArgumentException(
                $"A title has 1 to {LongestTitle} characters.",
                nameof(title)
            );
        }
        Id = id;
        Kind = kind;
        Title = title;
        ClientId = clientId;
        Number = number;
        SentAt = at;
        SentBy = by;
        ExpiresAt = expiresAt;
    }

    public Id<SharedDocument> Id { get; private set; }
    public DocumentKind Kind { get; private set; }

    /// <summary>For staff and for whoever has opened it; never in the text.</summary>
    public string Title { get; private set; } = "";
    public Id<Client> ClientId { get; private set; }
    public Id<Patient>? PatientId { get; init; }

    /// <summary>Where the link was sent.</summary>
    public PhoneNumber Number { get; private set; }

    /// <summary>Behind the link; null when there is none, or it was removed long after the link had expired.</summary>
    public Id<Attachment>? FileId { get; set; }

    /// <summary>The questions as they were when it was sent; null when it is no form.</summary>
    public Id<FormVersion>? FormVersionId { get; init; }

    /// <summary>Staff's words, of an update; else empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>The picture that went in the text itself; it goes with that text's conversation.</summary>
    public Id<Attachment>? PictureId { get; init; }

    /// <summary>Whoever opens it must know the client's last name.</summary>
    public bool AsksLastName { get; init; }
    public int WrongNames { get; private set; }

    /// <summary>The newest text with the link.</summary>
    public Id<Message>? MessageId { get; private set; }
    public DateTimeOffset SentAt { get; private set; }
    public string SentBy { get; private set; } = "";

    /// <summary>From then on the link opens nothing.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? WithdrawnAt { get; private set; }
    public string? WithdrawnBy { get; private set; }

    /// <summary>The first time that a person opened it; what a link preview fetches does not count.</summary>
    public DateTimeOffset? OpenedAt { get; private set; }
    public DateTimeOffset? LastOpenedAt { get; private set; }
    public int TimesOpened { get; private set; }
    public DateTimeOffset? AnsweredAt { get; private set; }
    public DateTimeOffset? FileRemovedAt { get; private set; }

    public bool IsLocked => WrongNames >= MostWrongNames;

    public DocumentState StateAt(DateTimeOffset now) =>
        this switch
        {
            { PictureId: not null } => DocumentState.Picture,
            { WithdrawnAt: not null } => DocumentState.Withdrawn,
            { AnsweredAt: not null } => DocumentState.Answered,
            _ when ExpiresAt <= now => DocumentState.Expired,
            { IsLocked: true } => DocumentState.Locked,
            { OpenedAt: not null } => DocumentState.Opened,
            _ => DocumentState.Sent,
        };

    /// <summary>Why the link opens nothing at <paramref name="now"/>; null when it does.</summary>
    public DocumentState? ClosedAt(DateTimeOffset now) =>
        WithdrawnAt is not null ? DocumentState.Withdrawn
        : ExpiresAt <= now ? DocumentState.Expired
        : IsLocked ? DocumentState.Locked
        : null;

    /// <summary>A text with a link to it was queued. Whoever was locked out may try anew.</summary>
    public void SentWith(Id<Message> messageId)
    {
        MessageId = messageId;
        WrongNames = 0;
    }

    public void Opened(DateTimeOffset at)
    {
        OpenedAt ??= at;
        LastOpenedAt = at;
        TimesOpened++;
    }

    /// <summary>Somebody with the link did not know the client's last name.</summary>
    public void CountWrongName() => WrongNames++;

    /// <exception cref="InvalidOperationException">It was withdrawn already.</exception>
    public void Withdraw(string by, DateTimeOffset at)
    {
        Refuse(WithdrawnAt is not null, "It was withdrawn already.");
        WithdrawnAt = at;
        WithdrawnBy = by;
    }

    /// <summary>The link works until then, also when it had expired.</summary>
    /// <exception cref="InvalidOperationException">It was withdrawn, or its file is gone.</exception>
    public void WorkUntil(DateTimeOffset until)
    {
        Refuse(WithdrawnAt is not null, "What was withdrawn stays so.");
        Refuse(FileRemovedAt is not null, "Its file is gone.");
        ExpiresAt = until;
    }

    /// <exception cref="InvalidOperationException">Answers are final.</exception>
    public void Answered(DateTimeOffset at)
    {
        Refuse(AnsweredAt is not null, "Answers are final.");
        AnsweredAt = at;
    }

    /// <summary>The file is not kept any longer; what happened with it is.</summary>
    public void RemoveFile(DateTimeOffset at)
    {
        FileId = null;
        FileRemovedAt = at;
    }

    private static void Refuse(bool refused, string why)
    {
        if (refused)
        {
            throw new InvalidOperationException(why);
        }
    }
}
