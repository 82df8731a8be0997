using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>
/// A client texts a one-way line: tells them, once in 30 days, that nobody reads it. Keywords have answers of their own, a
/// confirmed visit needs none, and machines are left alone.
/// </summary>
public sealed class NotReadAnswering : IReceivedFollowUp
{
    public int Turn => FollowUpTurn.Otherwise;

    public async Task FollowAsync(WriteSession session, StoredText text)
    {
        if (text.LineIsOnFor != AddOn.OneWay || text.IsUnderstood || !AutoReplies.MayAnswer(text))
        {
            return;
        }
        var db = session.Db;
        var told = await db.NotReadAnswers.FindAsync(text.Row.LineId, text.From);
        if (told is not null && !told.TryTellAgain(session.Now))
        {
            return;
        }
        if (await AnswerAsync(session, text) is not EnqueueResult.Queued)
        {
            // Opted out, for example: then it was not told, and nothing is remembered.
            if (told is not null)
            {
                await db.Entry(told).ReloadAsync();
            }
            return;
        }
        if (told is null)
        {
            db.NotReadAnswers.Add(new NotReadAnswer(text.Row.LineId, text.From, session.Now));
        }
        await db.SaveChangesAsync();
    }

    private static async Task<EnqueueResult> AnswerAsync(WriteSession session, StoredText text)
    {
        var db = session.Db;
        var draft = new Draft(
            await db.Lines.SingleAsync(l => l.Id == text.Row.LineId),
            text.From,
            MessageKind.AutoResponse,
            Purpose.Conversation,
            await SystemTexts.WriteAsync(db, TemplateKind.NotReadReply, CancellationToken.None)
        )
        {
            Conversation = await db.Conversations.SingleAsync(c => c.Id == text.Row.Id),
            ClientId = text.Row.ClientId,
        };
        return await Outbox.EnqueueAsync(session, draft, CancellationToken.None);
    }
}
