using Clinic.Inbox.Carrier;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Applies delivery receipts: states move forward only, whatever order they come in. A receipt whose message is not known
/// yet is parked, and applied when the carrier's id is.
/// </summary>
public sealed class Receipts(InboxWriter writer) : IReceiptPort
{
    public Task ApplyAsync(Receipt receipt, CancellationToken cancellation) =>
        writer.RunAsync(session => ApplyAsync(session, receipt), cancellation);

    private static async Task ApplyAsync(WriteSession session, Receipt receipt)
    {
        if (await FindAsync(session.Db, receipt) is not { } message)
        {
            session.Db.ParkedReceipts.Add(
                new ParkedReceipt(
                    Id<ParkedReceipt>.New(session.Now),
                    receipt.MessageUuid,
                    receipt.RawBody,
                    session.Now
                )
            );
            await session.Db.SaveChangesAsync();
            return;
        }
        await session.LockAsync("Messages", "Id", message.Id.ToString());
        await session.Db.Entry(message).ReloadAsync();
        await ApplyAsync(session, message, receipt);
    }

    private static async Task ApplyAsync(WriteSession session, Message message, Receipt receipt)
    {
        message.KnowAs(receipt.MessageUuid);
        if (receipt is { Price: { } price, Currency: { } currency })
        {
            message.Charge(price, currency);
        }
        var at = receipt.At is { } said && said <= session.Now ? said : session.Now;
        var moved = receipt.Status switch
        {
            "submitted" => message.Advance(MessageState.Sent, at, code: null, error: null),
            "delivered" or "read" => message.Advance(
                MessageState.Delivered,
                at,
                code: null,
                error: null
            ),
            "rejected" or "undeliverable" => message.Advance(
                MessageState.Failed,
                at,
                receipt.Problem?.Code ?? receipt.Status,
                receipt.Problem?.PlainWords
                    ?? "The carrier could not deliver it and did not say why. Call the client instead."
            ),
            _ => await KeepUnknownAsync(session, receipt),
        };
        if (
            moved
            && message.Suffix is not null
            && message.State is MessageState.Sent or MessageState.Delivered
        )
        {
            (await session.Db.NumberStandings.FindAsync(message.Number))?.Introduced(at);
        }
        await session.Db.SaveChangesAsync();
        if (moved)
        {
            session.PublishMessage(message);
        }
        if (receipt.Problem is { IsOptOut: true })
        {
            await OptOuts.OptOutAsync(
                session,
                message.Number,
                OptOutSource.Carrier,
                "carrier 1240",
                confirmOn: null,
                CancellationToken.None
            );
        }
    }

    /// <summary>Applies what was parked under <paramref name="message"/>'s new id, oldest first.</summary>
    internal static async Task ApplyParkedAsync(
        WriteSession session,
        Message message,
        Func<string, Receipt?> read
    )
    {
        var parked = await session
            .Db.ParkedReceipts.Where(r => r.CarrierId == message.CarrierId)
            .OrderBy(r => r.At)
            .ToListAsync();
        foreach (var early in parked)
        {
            session.Db.ParkedReceipts.Remove(early);
            if (read(early.RawBody) is { } receipt)
            {
                await ApplyAsync(session, message, receipt);
            }
        }
    }

    /// <summary>By the carrier's id, else by our own: a receipt may be the only answer that ever names the carrier's id.</summary>
    private static async Task<Message?> FindAsync(InboxDb db, Receipt receipt)
    {
        var messages = db.Messages.Include(m => m.Attachments);
        if (
            await messages.FirstOrDefaultAsync(m => m.CarrierId == receipt.MessageUuid) is { } known
        )
        {
            return known;
        }
        if (!Id<Message>.TryParse(receipt.ClientRef, provider: null, out var id))
        {
            return null;
        }
        var ours = await messages.FirstOrDefaultAsync(m =>
            m.Id == id && m.Direction == MessageDirection.Outbound
        );
        // A message that was sent again has a new carrier id: what comes for the old attempt must not move it.
        return ours is { CarrierId: null, State: not MessageState.Queued } ? ours : null;
    }

    private static async Task<bool> KeepUnknownAsync(WriteSession session, Receipt receipt)
    {
        session.Db.Quarantine.Add(
            new QuarantineEntry(
                Id<QuarantineEntry>.New(session.Now),
                "status",
                $"The status '{(receipt.Status.Length > 40 ? receipt.Status[..40] : receipt.Status)}' is not known.",
                receipt.RawBody,
                session.Now
            )
        );
        await session.Db.SaveChangesAsync();
        return false;
    }
}

/// <summary>Tells the screens about a message whose conversation they may show.</summary>
internal static class MessageChanges
{
    public static void PublishMessage(this WriteSession session, Message message)
    {
        if (message.ConversationId is { } conversationId)
        {
            session.Publish(new InboxEvent.MessageChanged(conversationId, MessageView.Of(message)));
        }
    }
}
