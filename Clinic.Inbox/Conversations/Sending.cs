using System.Collections.Concurrent;
using System.Threading.Channels;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>What a line may do next.</summary>
internal abstract record Claim
{
    /// <summary>This text is marked as being sent, durably; it must be sent now.</summary>
    public sealed record Taken(Id<Message> MessageId, OutgoingText Text, TimeSpan Pace) : Claim;

    /// <summary>The next text may not leave any more, or somebody else has it; look again.</summary>
    public sealed record Dropped : Claim;

    /// <summary>Nothing may leave now.</summary>
    public sealed record Nothing : Claim;
}

/// <summary>
/// One text on its way out: claim (asks the gate again and commits <em>sending</em> before the request leaves), call
/// the carrier once, record what is known. A text whose fate nobody knows becomes <em>unconfirmed</em> and is never sent
/// again by itself: a text sent twice is worse at a front desk than a question.
/// </summary>
public sealed partial class Sending(
    InboxWriter writer,
    ICarrier carrier,
    PublicAddress address,
    DatabaseSettings settings,
    TimeProvider clock,
    ILogger<Sending> log
)
{
    /// <summary>A text that has been "sending" for longer was cut off by a crash: its request had 10 s at most.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    /// <summary>What this process is sending, from its claim to the record of its answer.</summary>
    private readonly ConcurrentDictionary<Id<Message>, bool> _underWay = new();

    internal Task<Claim> ClaimAsync(Id<Line> lineId, CancellationToken cancellation) =>
        writer.RunAsync(session => ClaimAsync(session, lineId), cancellation);

    /// <summary>Sends and records. Returns how long the line must wait: null not at all, zero as it sees fit.</summary>
    /// <param name="cancellation">Cuts the request off; what is known then is recorded all the same.</param>
    internal async Task<TimeSpan?> SendAsync(Claim.Taken taken, CancellationToken cancellation)
    {
        try
        {
            var outcome = await AttemptAsync(taken.Text, cancellation);
            await RecordAsync(taken.MessageId, outcome);
            return WaitAfter(taken.MessageId, outcome);
        }
        finally
        {
            _underWay.TryRemove(taken.MessageId, out _);
        }
    }

    private async Task<SendOutcome> AttemptAsync(OutgoingText text, CancellationToken cancellation)
    {
        try
        {
            return await carrier.SendAsync(text, cancellation);
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.NotReached("The app stops.");
        }
    }

    private TimeSpan? WaitAfter(Id<Message> message, SendOutcome outcome)
    {
        switch (outcome)
        {
            case SendOutcome.Throttled throttled:
                LogThrottled(throttled.RetryAfter?.TotalSeconds);
                return throttled.RetryAfter ?? TimeSpan.Zero;
            case SendOutcome.NotReached notReached:
                LogNotReached(notReached.Reason);
                return TimeSpan.Zero;
            case SendOutcome.Unconfirmed unconfirmed:
                LogUnconfirmed(message, unconfirmed.Reason);
                return TimeSpan.Zero;
            case SendOutcome.NoCredit:
                LogNoCredit();
                return null;
            default:
                return null;
        }
    }

    /// <summary>An answer is worth a few tries: without it nobody knows whether the text left.</summary>
    private async Task RecordAsync(Id<Message> id, SendOutcome outcome)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await writer.RunAsync(
                    session => RecordAsync(session, id, outcome),
                    CancellationToken.None
                );
                return;
            }
            catch (Exception failure) when (attempt < 5 && failure is not ChannelClosedException)
            {
                LogNotRecorded(id, failure);
                await Task.Delay(TimeSpan.FromSeconds(attempt));
            }
        }
    }

    /// <summary>Texts that a crash cut off while sending become unconfirmed.</summary>
    internal async Task MarkAbandonedAsync(CancellationToken cancellation)
    {
        var count = await writer.RunAsync(AbandonAsync, cancellation);
        if (count > 0)
        {
            LogAbandoned(count);
        }
    }

    private async Task<int> AbandonAsync(WriteSession session)
    {
        var sending = session
            .Db.Messages.Include(m => m.Attachments)
            .Where(m => m.State == MessageState.Sending);
        if (!settings.IsSqlite)
        {
            // Another node may be sending it; this one was a dead process's if it started before this did.
            var before = session.Now - AbandonedAfter;
            before = before < _startedAt ? _startedAt : before;
            sending = sending.Where(m => m.AttemptedAt < before);
        }
        var count = 0;
        foreach (var message in await sending.ToListAsync())
        {
            if (
                _underWay.ContainsKey(message.Id)
                || !await session.HoldAsync(message)
                || message.State != MessageState.Sending
            )
            {
                continue;
            }
            message.MarkUnconfirmed(
                "Clinic.Inbox was interrupted while sending. It may or may not have arrived."
            );
            await session.Db.SaveChangesAsync();
            session.PublishMessage(message);
            await Receipts.ApplyParkedAsync(session, message);
            count++;
        }
        return count;
    }

    private async Task<Claim> ClaimAsync(WriteSession session, Id<Line> lineId)
    {
        var db = session.Db;
        var line = await db.Lines.AsNoTracking().SingleAsync(l => l.Id == lineId);
        if (line.PausedReason is not null)
        {
            return new Claim.Nothing();
        }
        var queued = db.Messages.Where(m => m.LineId == lineId && m.State == MessageState.Queued);
        var message = await queued
            .Include(m => m.Attachments)
            .Where(m => m.DueAt <= session.Now)
            .Where(m =>
                !db.Messages.Any(s =>
                    s.Number == m.Number && s.State == MessageState.Sending && s.LineId == lineId
                )
            )
            // Until staff have said whether the client opted out, only a person's own words and answers to keywords leave.
            .Where(m =>
                m.Kind == MessageKind.Conversation
                || m.Kind == MessageKind.System
                || !db.Conversations.Any(c =>
                    c.LineId == lineId
                    && c.Number == m.Number
                    && c.State == ConversationState.Open
                    && c.AwaitsOptOutDecision
                )
            )
            .OrderBy(m => m.Priority)
            .ThenBy(m => m.At)
            .ThenBy(m => m.Id)
            .FirstOrDefaultAsync();
        if (message is null)
        {
            return new Claim.Nothing();
        }
        // A racing opt-out waits for this row, so that nothing leaves after its commit. It takes the same two in the same order.
        await session.LockAsync("NumberStandings", "Number", message.Number.Value);
        if (
            !await session.HoldAsync(message)
            || message.State != MessageState.Queued
            || await db.Messages.AnyAsync(s =>
                s.Number == message.Number && s.State == MessageState.Sending && s.LineId == lineId
            )
        )
        {
            return new Claim.Dropped();
        }
        var owners = await ClientsOfNumber.FindAsync(
            db,
            message.Number,
            message.ClientId,
            CancellationToken.None
        );
        var decision = await ConsentGate.DecideAsync(
            db,
            message.Number,
            owners,
            PurposeOf(message),
            CancellationToken.None
        );
        if (!decision.Allowed)
        {
            message.MarkFailed(decision.Code, "Not sent. " + decision.Reason);
            await db.SaveChangesAsync();
            session.PublishMessage(message);
            return new Claim.Dropped();
        }
        if (message.Kind != MessageKind.System)
        {
            var suffix = await Outbox.SuffixForAsync(db, message.Number, CancellationToken.None);
            message.Compose(suffix, 0);
            message.Compose(suffix, SmsText.Analyze(message.FullText).Segments.Value);
        }
        foreach (var file in message.Attachments)
        {
            file.KeepPublicUntil(session.Now + StoredFile.PublicFor);
        }
        message.MarkSending(session.Now);
        _underWay[message.Id] = true;
        await db.SaveChangesAsync();
        session.PublishMessage(message);
        return new Claim.Taken(
            message.Id,
            ToCarrier(message, line),
            TimeSpan.FromSeconds(1.0 / line.MessagesPerSecond)
        );
    }

    private OutgoingText ToCarrier(Message message, Line line) =>
        new(
            message.Id.ToString(),
            line.Number.Digits,
            message.Number.Digits,
            message.FullText,
            [
                .. message
                    .Attachments.OrderBy(a => a.Position)
                    .Select(a => new OutgoingMedia(
                        a.IsImage ? OutgoingMediaKind.Image : OutgoingMediaKind.File,
                        new Uri(
                            address.Public,
                            $"media/{a.PublicToken}/{Uri.EscapeDataString(AttachmentNames.ForCarrier(a))}"
                        )
                    )),
            ]
        );

    private static async Task RecordAsync(WriteSession session, Id<Message> id, SendOutcome outcome)
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
        if (message.Suffix is not null)
        {
            (await session.Db.NumberStandings.FindAsync(message.Number))?.Introduced(session.Now);
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

    private static Purpose PurposeOf(Message message) =>
        message switch
        {
            { Kind: MessageKind.System } => Purpose.KeywordReply,
            { Category: ConsentCategory.Marketing } => Purpose.Marketing,
            { Kind: MessageKind.Conversation or MessageKind.AutoResponse } => Purpose.Conversation,
            _ => Purpose.Transactional,
        };

    [LoggerMessage(LogLevel.Warning, "The carrier throttles; waiting {Seconds} s")]
    private partial void LogThrottled(double? seconds);

    [LoggerMessage(LogLevel.Warning, "The carrier could not be reached: {Reason}")]
    private partial void LogNotReached(string reason);

    [LoggerMessage(LogLevel.Warning, "Message {Message} is unconfirmed: {Reason}")]
    private partial void LogUnconfirmed(Id<Message> message, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "{Count} texts were being sent when the app was interrupted; they are unconfirmed"
    )]
    private partial void LogAbandoned(int count);

    [LoggerMessage(
        LogLevel.Error,
        "The carrier's answer for message {Message} could not be recorded; trying again"
    )]
    private partial void LogNotRecorded(Id<Message> message, Exception failure);

    [LoggerMessage(LogLevel.Error, "The carrier account has no credit; the line is paused")]
    private partial void LogNoCredit();
}
