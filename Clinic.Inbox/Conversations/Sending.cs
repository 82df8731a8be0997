using System.Text;
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

    /// <summary>The next text may not leave any more and was failed; look again.</summary>
    public sealed record Dropped : Claim;

    /// <param name="Waiting">Something is queued that may not leave yet.</param>
    public sealed record Nothing(bool Waiting) : Claim;
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
    TimeProvider clock,
    ILogger<Sending> log
)
{
    /// <summary>A text that has been "sending" for longer was cut off by a crash: its request had 10 s at most.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    internal Task<Claim> ClaimAsync(Id<Line> lineId, CancellationToken cancellation) =>
        writer.RunAsync(session => ClaimAsync(session, lineId), cancellation);

    /// <summary>Sends and records. Returns how long the line must wait: null not at all, zero as it sees fit.</summary>
    internal async Task<TimeSpan?> SendAsync(Claim.Taken taken, CancellationToken cancellation)
    {
        var outcome = await carrier.SendAsync(taken.Text, cancellation);
        await writer.RunAsync(
            session => RecordAsync(session, taken.MessageId, outcome),
            CancellationToken.None
        );
        switch (outcome)
        {
            case SendOutcome.Throttled throttled:
                LogThrottled(throttled.RetryAfter?.TotalSeconds);
                return throttled.RetryAfter ?? TimeSpan.Zero;
            case SendOutcome.NotReached notReached:
                LogNotReached(notReached.Reason);
                return TimeSpan.Zero;
            case SendOutcome.Unconfirmed unconfirmed:
                LogUnconfirmed(taken.MessageId, unconfirmed.Reason);
                return TimeSpan.Zero;
            default:
                return null;
        }
    }

    /// <summary>Texts that a crash cut off while sending become unconfirmed.</summary>
    internal async Task MarkAbandonedAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        // At start every "sending" row is a dead process's; later only those that took too long are.
        var before = now - _startedAt < AbandonedAfter ? _startedAt : now - AbandonedAfter;
        var count = await writer.RunAsync(session => AbandonAsync(session, before), cancellation);
        if (count > 0)
        {
            LogAbandoned(count);
        }
    }

    private static async Task<int> AbandonAsync(WriteSession session, DateTimeOffset before)
    {
        var abandoned = await session
            .Db.Messages.Include(m => m.Attachments)
            .Where(m => m.State == MessageState.Sending && m.AttemptedAt < before)
            .ToListAsync();
        foreach (var message in abandoned)
        {
            message.MarkUnconfirmed(
                "Clinic.Inbox was interrupted while sending. It may or may not have arrived."
            );
            session.PublishMessage(message);
        }
        await session.Db.SaveChangesAsync();
        return abandoned.Count;
    }

    private async Task<Claim> ClaimAsync(WriteSession session, Id<Line> lineId)
    {
        var db = session.Db;
        var line = await db.Lines.AsNoTracking().SingleAsync(l => l.Id == lineId);
        if (line.PausedReason is not null)
        {
            return new Claim.Nothing(Waiting: false);
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
            .OrderBy(m => m.Priority)
            .ThenBy(m => m.At)
            .ThenBy(m => m.Id)
            .FirstOrDefaultAsync();
        if (message is null)
        {
            return new Claim.Nothing(Waiting: await queued.AnyAsync());
        }
        await session.LockAsync("Messages", "Id", message.Id.ToString());
        // A racing opt-out waits for this row, so that nothing leaves after its commit.
        await session.LockAsync("NumberStandings", "Number", message.Number.Value);
        await db.Entry(message).ReloadAsync();
        if (message.State != MessageState.Queued)
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

    private async Task RecordAsync(WriteSession session, Id<Message> id, SendOutcome outcome)
    {
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
                message.MarkSent(accepted.MessageUuid, session.Now);
                if (message.Suffix is not null)
                {
                    (await session.Db.NumberStandings.FindAsync(message.Number))?.Introduced(
                        session.Now
                    );
                }
                await session.Db.SaveChangesAsync();
                await Receipts.ApplyParkedAsync(
                    session,
                    message,
                    raw => StatusParser.Parse(Encoding.UTF8.GetBytes(raw)).Value
                );
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
                    await OptOuts.OptOutAsync(
                        session,
                        message.Number,
                        OptOutSource.Carrier,
                        "carrier 1240",
                        confirmOn: null,
                        CancellationToken.None
                    );
                }
                break;
            case SendOutcome.NoCredit noCredit:
                BackToQueue(message);
                (await session.Db.Lines.SingleAsync(l => l.Id == message.LineId)).Pause(
                    noCredit.Problem.PlainWords
                );
                session.Publish(new InboxEvent.LineChanged());
                LogNoCredit();
                break;
            case SendOutcome.Throttled or SendOutcome.NotReached:
                BackToQueue(message);
                break;
            case SendOutcome.Unconfirmed:
                message.MarkUnconfirmed(
                    "The carrier gave no clear answer. It may or may not have arrived."
                );
                break;
        }
        await session.Db.SaveChangesAsync();
        session.PublishMessage(message);
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

    [LoggerMessage(LogLevel.Error, "The carrier account has no credit; the line is paused")]
    private partial void LogNoCredit();
}
