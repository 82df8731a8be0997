using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>Tells the screens that a document changed: the profile, and every thread that shows a text with its link.</summary>
internal static class DocumentChanges
{
    /// <summary>The caller has saved.</summary>
    public static async Task TellAsync(WriteSession session, SharedDocument document)
    {
        var texts = await session
            .Db.DocumentLinks.Where(l => l.DocumentId == document.Id)
            .Join(session.Db.Messages, l => l.MessageId, m => m.Id, (_, m) => m)
            .Include(m => m.Attachments)
            .AsNoTracking()
            .ToListAsync();
        foreach (var text in texts)
        {
            if (text.ConversationId is { } conversation)
            {
                session.Publish(new InboxEvent.MessageChanged(conversation, MessageView.Of(text)));
            }
        }
        session.Publish(new InboxEvent.DocumentsChanged(document.ClientId));
    }
}
