using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>Which way a document goes: its text stands in a conversation wherever the clinic can converse.</summary>
/// <param name="Conversation">Tracked; null on a one-way line.</param>
internal sealed record DocumentRoute(Line Line, PhoneNumber Number, Conversation? Conversation)
{
    public bool CarriesPictures => Line.CanSendPictures && Number.Region is "US" or "CA";

    /// <summary>
    /// The conversation that is named; else the open one with the number on a two-way line, or a new one there; else a
    /// one-way line alone.
    /// </summary>
    public static async Task<(DocumentRoute? Route, DocumentResult.Refused? Refused)> FindAsync(
        WriteSession session,
        Id<Client> clientId,
        PhoneNumber? mobile,
        Id<Conversation>? conversationId
    )
    {
        var db = session.Db;
        if (conversationId is { } id)
        {
            await session.LockAsync("Conversations", "Id", id.ToString());
            var conversation = await db.Conversations.FirstOrDefaultAsync(c => c.Id == id);
            if (conversation is not { IsOpen: true })
            {
                return Refuse(
                    "closed",
                    "The conversation was closed in the meantime. Nothing was sent."
                );
            }
            var its = await db.Lines.SingleAsync(l => l.Id == conversation.LineId);
            return its.AddOn == AddOn.Off
                ? Off
                : (new DocumentRoute(its, conversation.Number, conversation), null);
        }
        if (mobile is not { } number)
        {
            return Refuse(
                "noMobile",
                "This client has no mobile number. Add one in the details first."
            );
        }
        var lines = await db
            .Lines.Where(l => l.AddOn != AddOn.Off)
            .OrderBy(l => l.CreatedAt)
            .ToListAsync();
        if (lines.Find(l => l.CanConverse) is not { } line)
        {
            return lines is [var oneWay, ..]
                ? (new DocumentRoute(oneWay, number, Conversation: null), null)
                : Off;
        }
        var open = await db
            .Conversations.Where(c => c.Number == number && c.State == ConversationState.Open)
            .ToListAsync();
        if (
            open.Find(c => lines.Exists(l => l.Id == c.LineId && l.CanConverse)) is { } known
            && known.LineId != line.Id
        )
        {
            line = lines.Find(l => l.Id == known.LineId)!;
        }
        var (found, _) = await ConversationDesk.OpenOrAddAsync(session, line.Id, number, clientId);
        return (new DocumentRoute(line, number, found), null);
    }

    private static (DocumentRoute?, DocumentResult.Refused?) Off =>
        Refuse(
            "lineNotEnabled",
            "Texting is off. A practice manager can enable it in Settings, Add-ons."
        );

    private static (DocumentRoute?, DocumentResult.Refused?) Refuse(string code, string reason) =>
        (null, new DocumentResult.Refused(code, reason));
}
