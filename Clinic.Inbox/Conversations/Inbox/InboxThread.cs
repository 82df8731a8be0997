using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The opened conversation, kept true by what the feed brings.</summary>
public sealed class InboxThread(OpenedConversation opened)
{
    private readonly List<MessageView> _messages = [.. opened.Messages];

    public ConversationRow Row { get; private set; } = opened.Row;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MessageView> Messages => _messages;

    public bool HasOlder { get; private set; } = opened.HasOlder;
    public IReadOnlyList<EarlierConversation> Earlier { get; } = opened.Earlier;
    public ComposerState Composer { get; set; } = opened.Composer;
    public ThreadPeople People { get; set; } = opened.People;

    public Id<Conversation> Id => Row.Id;

    public bool IsOpen => Row.State == ConversationState.Open;

    /// <summary>What may change whether and how a text can leave, so that the composer must ask again.</summary>
    public bool ComposerDependsOnMessages => !Composer.Gate.Allowed || Composer.Suffix is not null;

    public OpenedConversation Opened =>
        new(Row, [.. _messages], HasOlder, Earlier, Composer, People);

    public void Take(ConversationRow row) => Row = row;

    /// <summary>A message is new or changed. Returns whether it is new.</summary>
    public bool Take(MessageView message)
    {
        var at = _messages.FindIndex(known => known.Id == message.Id);
        if (at >= 0)
        {
            _messages[at] = message;
            return false;
        }
        var place = _messages.FindLastIndex(other => !IsBefore(message, other)) + 1;
        if (place == 0 && HasOlder)
        {
            // It belongs to what was not loaded yet.
            return false;
        }
        _messages.Insert(place, message);
        return true;
    }

    public void Prepend(IReadOnlyList<MessageView> older, bool hasOlder)
    {
        HasOlder = hasOlder;
        var known = _messages.Select(message => message.Id).ToHashSet();
        _messages.InsertRange(0, older.Where(message => !known.Contains(message.Id)));
    }

    /// <summary>What the database says now, with the older messages that were shown already.</summary>
    public InboxThread CaughtUp(OpenedConversation now)
    {
        var caughtUp = new InboxThread(now);
        if (now is { HasOlder: true, Messages: [var first, ..] })
        {
            caughtUp.Prepend([.. _messages.Where(shown => IsBefore(shown, first))], HasOlder);
        }
        return caughtUp;
    }

    private static bool IsBefore(MessageView message, MessageView other) =>
        message.At != other.At
            ? message.At < other.At
            : message.Id.Value.CompareTo(other.Id.Value) < 0;
}
