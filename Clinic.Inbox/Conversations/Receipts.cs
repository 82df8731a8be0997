using System.Text;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Applies delivery receipts: states move forward only, whatever order they come in. A receipt whose message is not known
/// yet is parked, and applied when the carrier's id is. A text that staff sent again has had several attempts, and all
/// their receipts bear the same <c>client_ref</c>: what speaks of an earlier one never fails the newest.
/// </summary>
public sealed class Receipts(InboxWriter writer) : IReceiptPort
{
    /// <summary>The carrier repeats a receipt for 72 h at most; what is parked longer belongs to nothing.</summary>
    private static readonly TimeSpan ParkedFor = TimeSpan.FromDays(7);

    public Task ApplyAsync(Receipt receipt, CancellationToken cancellation) =>
        writer.RunAsync(session => ApplyAsync(session, receipt), cancellation);

    private static async Task ApplyAsync(WriteSession session, Receipt receipt)
    {
        await HoldAsync(session, receipt.MessageUuid);
        var message = await FindAsync(session, receipt);
        if (message is null || AttemptOf(message, receipt) == Attempt.Unclear)
        {
            await ParkAsync(session, receipt);
            return;
        }
        await ApplyAsync(session, message, receipt);
    }

    private static async Task ApplyAsync(WriteSession session, Message message, Receipt receipt)
    {
        var at = receipt.At is { } said && said <= session.Now ? said : session.Now;
        var moved =
            AttemptOf(message, receipt) == Attempt.Earlier
                ? ApplyEarlier(message, receipt, at)
                : await ApplyNewestAsync(session, message, receipt, at);
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
            await OptOuts.OptOutAtCarrierAsync(session, message.Number, at);
        }
    }

    private static async Task<bool> ApplyNewestAsync(
        WriteSession session,
        Message message,
        Receipt receipt,
        DateTimeOffset at
    )
    {
        if (StateOf(receipt) is not { } state)
        {
            await KeepUnknownAsync(session, receipt);
            return false;
        }
        message.KnowAs(receipt.MessageUuid);
        if (receipt is { Price: { } price, Currency: { } currency })
        {
            message.Charge(price, currency);
        }
        return state == MessageState.Failed
            ? message.Advance(
                state,
                at,
                receipt.Problem?.Code is { Length: > 0 } code ? code : receipt.Status,
                receipt.Problem?.PlainWords
                    ?? "The carrier could not deliver it and did not say why. Call the client instead."
            )
            : message.Advance(state, at, code: null, error: null);
    }

    /// <summary>
    /// A delivery counts whichever attempt it was: the client has the text, and one that still waits need not leave again.
    /// So does the acceptance of the attempt that staff, not knowing, sent again, as long as that has not left.
    /// </summary>
    private static bool ApplyEarlier(Message message, Receipt receipt, DateTimeOffset at) =>
        StateOf(receipt) switch
        {
            MessageState.Delivered => message.Advance(
                MessageState.Delivered,
                at,
                code: null,
                error: null
            ),
            MessageState.Sent
                when message is { State: MessageState.Queued, CarrierId: null }
                    && message.Advance(MessageState.Sent, at, code: null, error: null) => Know(
                message,
                receipt
            ),
            _ => false,
        };

    private static bool Know(Message message, Receipt receipt)
    {
        message.KnowAs(receipt.MessageUuid);
        return true;
    }

    /// <summary>
    /// An attempt whose id is known was sent at least. So on a text that waits or is being sent, a known id is an earlier
    /// attempt's, and a refusal under an unknown one may be either's until the carrier's answer names its own.
    /// </summary>
    private static Attempt AttemptOf(Message message, Receipt receipt)
    {
        var known = message.CarrierId == receipt.MessageUuid;
        return message.State switch
        {
            MessageState.Queued => Attempt.Earlier,
            MessageState.Sending or MessageState.Unconfirmed when known => Attempt.Earlier,
            MessageState.Sending when StateOf(receipt) == MessageState.Failed => Attempt.Unclear,
            MessageState.Sending or MessageState.Unconfirmed => Attempt.Newest,
            _ => known || message.CarrierId is null ? Attempt.Newest : Attempt.Earlier,
        };
    }

    private static MessageState? StateOf(Receipt receipt) =>
        receipt.Status switch
        {
            "submitted" => MessageState.Sent,
            "delivered" or "read" => MessageState.Delivered,
            "rejected" or "undeliverable" => MessageState.Failed,
            _ => null,
        };

    /// <summary>By the carrier's id, else by our own: a receipt may be the only answer that ever names the carrier's id.</summary>
    private static async Task<Message?> FindAsync(WriteSession session, Receipt receipt)
    {
        var messages = session.Db.Messages.Include(m => m.Attachments);
        var message = await messages.FirstOrDefaultAsync(m => m.CarrierId == receipt.MessageUuid);
        if (message is null && Id<Message>.TryParse(receipt.ClientRef, provider: null, out var id))
        {
            message = await messages.FirstOrDefaultAsync(m =>
                m.Id == id && m.Direction == MessageDirection.Outbound
            );
        }
        return message is not null && await session.HoldAsync(message) ? message : null;
    }

    /// <summary>
    /// Applies what was parked under <paramref name="message"/>'s new id, oldest first; while it has none, what bears its
    /// <c>client_ref</c> and came since the attempt.
    /// </summary>
    internal static async Task ApplyParkedAsync(WriteSession session, Message message)
    {
        var parked = session.Db.ParkedReceipts.AsQueryable();
        parked =
            message.State == MessageState.Unconfirmed
                ? parked.Where(r => r.At >= message.AttemptedAt)
                : parked.Where(r => r.CarrierId == message.CarrierId);
        foreach (var early in await parked.OrderBy(r => r.At).ToListAsync())
        {
            var receipt = StatusParser.Parse(Encoding.UTF8.GetBytes(early.RawBody)).Value;
            if (
                receipt is not null
                && (
                    message.State != MessageState.Unconfirmed
                    || receipt.ClientRef == message.Id.ToString()
                )
            )
            {
                session.Db.ParkedReceipts.Remove(early);
                await ApplyAsync(session, message, receipt);
            }
        }
    }

    /// <summary>
    /// Keeps a receipt and the answer that names its id apart, which may arrive at the same moment: the one that comes
    /// second sees what the first has written.
    /// </summary>
    internal static Task HoldAsync(WriteSession session, string messageUuid) =>
        session.LockNameAsync("receipt " + messageUuid);

    private static async Task ParkAsync(WriteSession session, Receipt receipt)
    {
        var tooOld = session.Now - ParkedFor;
        await session.Db.ParkedReceipts.Where(r => r.At < tooOld).ExecuteDeleteAsync();
        if (
            await session.Db.ParkedReceipts.AnyAsync(r =>
                r.CarrierId == receipt.MessageUuid && r.RawBody == receipt.RawBody
            )
        )
        {
            // The same one again: one is enough to be applied.
            return;
        }
        session.Db.ParkedReceipts.Add(
            new ParkedReceipt(
                Id<ParkedReceipt>.New(session.Now),
                receipt.MessageUuid,
                receipt.RawBody,
                session.Now
            )
        );
        await session.Db.SaveChangesAsync();
    }

    private static Task KeepUnknownAsync(WriteSession session, Receipt receipt) =>
        QuarantineKeeping.KeepAsync(
            session,
            "status",
            $"The status '{(receipt.Status.Length > 40 ? receipt.Status[..40] : receipt.Status)}' is not known.",
            receipt.RawBody
        );

    private enum Attempt
    {
        Newest,
        Earlier,
        Unclear,
    }
}
