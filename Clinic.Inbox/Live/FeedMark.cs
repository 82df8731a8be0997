using System.Text.Json.Serialization;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Live;

/// <summary>
/// What changed, by its id: of a text or a conversation neither words nor number. Whoever is told of it reads how it is
/// now, so that two that change the same thing at once leave no screen with the older of both.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(ConversationMark), "c")]
[JsonDerivedType(typeof(MessageMark), "m")]
[JsonDerivedType(typeof(CountMark), "n")]
[JsonDerivedType(typeof(OtherMark), "o")]
internal abstract record FeedMark
{
    public static FeedMark Of(InboxEvent change) =>
        change switch
        {
            InboxEvent.ConversationChanged(var row, var flash) => new ConversationMark(
                row.Id,
                flash
            ),
            InboxEvent.MessageChanged(var id, var message) => new MessageMark(id, message.Id),
            InboxEvent.CountChanged => new CountMark(),
            _ => new OtherMark(change),
        };
}

/// <param name="Flash">A client's text came.</param>
internal sealed record ConversationMark(
    Id<Conversation> Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Flash
) : FeedMark;

internal sealed record MessageMark(Id<Conversation> ConversationId, Id<Message> Id) : FeedMark;

internal sealed record CountMark : FeedMark;

/// <summary>An event that is nothing but ids and times as it is.</summary>
internal sealed record OtherMark(InboxEvent Change) : FeedMark;
