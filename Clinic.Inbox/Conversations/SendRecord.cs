using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Writes down what is known of a text after the one attempt to send it.</summary>
internal static class SendRecord
{
    public static async Task RecordAsync(WriteSession session, Id<Message> id, SendOutcome outcome)
    {
        if (outcome is SendOutcome.Accepted { MessageUuid: var uuid })
        {
            await Receipts.HoldAsync(session, uuid);
        }
        await session.LockAsync("Messages", "Id", id.ToString());
        var message = await session
            .Db.Messages.Include(m => m.Attachments)
            .FirstOrDefaultAsync(m => m.Id == id);
        if (message is null)
        {
            // Its conversation was deleted meanwhile.
            return;
        }
        switch (outcome)
        {
            case SendOutcome.Accepted accepted:
                await AcceptAsync(session, message, accepted.MessageUuid);
                break;
            case SendOutcome.Refused refused:
                message.Advance(
                    MessageState.Failed,
                    session.Now,
                    refused.Problem.Code,
                    refused.Problem.PlainWords
                );
                if (refused.Problem.IsOptOut)
                {
                    await OptOuts.OptOutAtCarrierAsync(session, message.Number, session.Now);
                }
                break;
            case SendOutcome.NoCredit noCredit:
                BackToQueue(message);
                (await session.Db.Lines.SingleAsync(l => l.Id == message.LineId)).Pause(
                    noCredit.Problem.PlainWords
                );
                session.Publish(new InboxEvent.LineChanged());
                break;
            case SendOutcome.Throttled or SendOutcome.NotReached:
                BackToQueue(message);
                break;
            case SendOutcome.Unconfirmed:
                message.MarkUnconfirmed(
                    "The carrier gave no clear answer. It may or may not have arrived."
                );
                await session.Db.SaveChangesAsync();
                await Receipts.ApplyParkedAsync(session, message);
                break;
        }
        await session.Db.SaveChangesAsync();
        session.PublishMessage(message);
    }

    private static async Task AcceptAsync(WriteSession session, Message message, string uuid)
    {
        message.MarkSent(uuid, session.Now);
        if (
            message.Suffix is not null
            && await session.Db.NumberStandings.FindAsync(message.Number) is { } standing
        )
        {
            standing.Introduced(session.Now);
            if (message.AsksToConfirm)
            {
                standing.AskedToConfirm(session.Now);
            }
        }
        await session.Db.SaveChangesAsync();
        await Receipts.ApplyParkedAsync(session, message);
    }

    /// <summary>A receipt may have come first and moved it on: then there is nothing to take back.</summary>
    private static void BackToQueue(Message message)
    {
        if (message.State == MessageState.Sending)
        {
            message.BackToQueue();
        }
    }
}
