using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// The exchange between one line and one number, from its first message to its closing. What the inbox's list shows is
/// kept on the row itself, so that a list never reads messages.
/// </summary>
public sealed class Conversation
{
    /// <summary>Longest preview, in UTF-16 units.</summary>
    public const int PreviewLength = 120;

    private Conversation() { }

    public Conversation(Id<Conversation> id, Id<Line> lineId, PhoneNumber number, DateTimeOffset at)
    {
        Id = id;
        LineId = lineId;
        Number = number;
        CreatedAt = at;
        LastMessageAt = at;
    }

    public Id<Conversation> Id { get; private set; }
    public Id<Line> LineId { get; private set; }
    public PhoneNumber Number { get; private set; }
    public Id<Client>? ClientId { get; private set; }

    /// <summary>The client's name as of the last change, so that the list needs no join.</summary>
    public string? ClientName { get; private set; }

    public ConversationState State { get; private set; }

    /// <summary>Texts nobody at the desk has read; shared by the whole desk.</summary>
    public int Unread { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset LastMessageAt { get; private set; }
    public string Preview { get; private set; } = "";
    public bool LastWasOurs { get; private set; }

    /// <summary>A text may have been meant as an opt-out: staff decide with one click; nothing is sent until then.</summary>
    public bool AwaitsOptOutDecision { get; private set; }

    public DateTimeOffset? ClosedAt { get; private set; }
    public string? ClosedBy { get; private set; }

    public bool IsOpen => State == ConversationState.Open;

    /// <summary>Makes it the conversation of <paramref name="client"/>.</summary>
    public void AssignTo(Client client)
    {
        ClientId = client.Id;
        ClientName = client.FullName;
    }

    public void Unassign()
    {
        ClientId = null;
        ClientName = null;
    }

    /// <exception cref="InvalidOperationException">It is closed already.</exception>
    public void Close(string by, DateTimeOffset at)
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException("The conversation is closed already.");
        }
        State = ConversationState.Closed;
        ClosedAt = at;
        ClosedBy = by;
        Unread = 0;
    }

    public void MarkRead() => Unread = 0;

    /// <summary>Marks the last text unread again.</summary>
    public void MarkUnread() => Unread = Math.Max(Unread, 1);

    public void SettleOptOutQuestion() => AwaitsOptOutDecision = false;

    /// <summary>A client's text becomes the row's last message. The hot path does the same by hand: <see cref="Receiving"/>.</summary>
    /// <param name="asks">It may have been meant as an opt-out.</param>
    public void NoteReceived(string preview, DateTimeOffset at, bool asks)
    {
        Unread++;
        AwaitsOptOutDecision |= asks;
        if (at >= LastMessageAt)
        {
            Preview = PreviewOf(preview);
            LastMessageAt = at;
            LastWasOurs = false;
        }
    }

    /// <summary>Our own text becomes the row's last message.</summary>
    public void NoteSent(string text, DateTimeOffset at)
    {
        Preview = PreviewOf(text);
        LastMessageAt = at > LastMessageAt ? at : LastMessageAt;
        LastWasOurs = true;
    }

    /// <summary>One line of at most <see cref="PreviewLength"/> units, never ending inside a surrogate pair.</summary>
    public static string PreviewOf(string text)
    {
        var cut = text.Length > PreviewLength * 2 ? text[..(PreviewLength * 2)] : text;
        var line = string.Join(
            ' ',
            cut.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        if (line.Length <= PreviewLength)
        {
            return line;
        }
        var end = char.IsHighSurrogate(line[PreviewLength - 2])
            ? PreviewLength - 2
            : PreviewLength - 1;
        return line[..end] + "…";
    }
}

public enum ConversationState
{
    Open,
    Closed,
}
