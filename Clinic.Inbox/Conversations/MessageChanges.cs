using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>What every change of a message in a transaction needs.</summary>
internal static class MessageChanges
{
    /// <summary>
    /// Holds the row until the commit and reads it again. False when it is not there any more: its conversation was
    /// deleted.
    /// </summary>
    public static async Task<bool> HoldAsync(this WriteSession session, Message message)
    {
        await session.LockAsync("Messages", "Id", message.Id.ToString());
        var entry = session.Db.Entry(message);
        await entry.ReloadAsync();
        return entry.State != EntityState.Detached;
    }

    /// <summary>Says below a client's text, for staff, what the system made of it.</summary>
    public static async Task NoteOnAsync(this WriteSession session, StoredText text, string note)
    {
        var message = await session
            .Db.Messages.Include(m => m.Attachments)
            .SingleAsync(m => m.Id == text.Id);
        message.Note = note;
        await session.Db.SaveChangesAsync();
        session.PublishMessage(message);
    }

    /// <summary>Tells the screens about a message whose conversation, or reminder, they may show.</summary>
    public static void PublishMessage(this WriteSession session, Message message)
    {
        if (message.ConversationId is { } conversationId)
        {
            session.Publish(new InboxEvent.MessageChanged(conversationId, MessageView.Of(message)));
        }
        if (message.Kind == MessageKind.Reminder)
        {
            session.Publish(new InboxEvent.ReminderTextsChanged(message.ClientId));
        }
    }
}
