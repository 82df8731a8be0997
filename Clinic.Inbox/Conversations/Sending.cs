using System.Collections.Concurrent;
using System.Threading.Channels;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// One text on its way out: claim (asks the gate again and commits <em>sending</em> before the request leaves), call
/// the carrier once, record what is known. A text whose fate nobody knows becomes <em>unconfirmed</em> and is never sent
/// again by itself: a text sent twice is worse at a front desk than a question.
/// </summary>
public sealed partial class Sending(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    LineLeases leases,
    ICarrier carrier,
    PublicAddress address,
    DatabaseSettings settings,
    ILogger<Sending> log
)
{
    /// <summary>
    /// A text that is still "sending" so long after its line became ours was cut off by a crash: its request had 10 s at most.
    /// </summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(15);

    /// <summary>What another node left "sending" on a line that is ours now, and since when it is.</summary>
    private readonly ConcurrentDictionary<Id<Message>, long> _leftBehind = new();

    /// <summary>What this process is sending, from its claim to the record of its answer.</summary>
    private readonly ConcurrentDictionary<Id<Message>, bool> _underWay = new();

    /// <summary>
    /// What was claimed when the database was lost: perhaps marked "sending", but it never left. By when it was marked, so that
    /// nobody else's claim is taken for it.
    /// </summary>
    private readonly ConcurrentDictionary<Id<Message>, DateTimeOffset> _neverLeft = new();

    internal async Task<Claim> ClaimAsync(
        Id<Line> lineId,
        LinePause pause,
        CancellationToken cancellation
    )
    {
        // Work may run twice, and may then find another text.
        var tried = new List<Claim.Taken>();
        try
        {
            var claim = await writer.RunAsync(
                async session =>
                {
                    if (!await leases.HoldsAsync(session, lineId))
                    {
                        return new Claim.Nothing();
                    }
                    var found = await Claiming.ClaimAsync(session, lineId, pause, address);
                    if (found is Claim.Taken marked)
                    {
                        // Before the commit: nobody may take it for a dead process's in between.
                        _underWay[marked.MessageId] = true;
                        tried.Add(marked);
                    }
                    return found;
                },
                cancellation
            );
            var taken = claim as Claim.Taken;
            foreach (var other in tried.Where(t => t.MessageId != taken?.MessageId))
            {
                _underWay.TryRemove(other.MessageId, out _);
            }
            if (taken is not null)
            {
                _neverLeft.TryRemove(taken.MessageId, out _);
            }
            return claim;
        }
        catch
        {
            // Its commit may have come through all the same.
            foreach (var lost in tried)
            {
                _neverLeft[lost.MessageId] = lost.At;
                Leave(lost.MessageId);
            }
            throw;
        }
    }

    /// <summary>This process does nothing for it any more; if it is still "sending", <see cref="MarkAbandonedAsync"/> settles it.</summary>
    private void Leave(Id<Message> id)
    {
        if (!settings.IsSqlite)
        {
            _leftBehind.TryAdd(id, Environment.TickCount64);
        }
        _underWay.TryRemove(id, out _);
    }

    /// <summary>Sends and records.</summary>
    /// <param name="pause">The line's: told before a text that did not leave is back in the queue, so that none is claimed too soon.</param>
    /// <param name="cancellation">Cuts the request off; what is known then is recorded all the same.</param>
    internal async Task SendAsync(
        Claim.Taken taken,
        LinePause pause,
        CancellationToken cancellation
    )
    {
        try
        {
            var outcome = await AttemptAsync(taken.Text, cancellation);
            pause.After(WaitAfter(taken.MessageId, outcome));
            await RecordAsync(taken.MessageId, outcome);
            _underWay.TryRemove(taken.MessageId, out _);
        }
        catch
        {
            // The database was away for too long: nobody knows any more how it went.
            Leave(taken.MessageId);
            throw;
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

    /// <summary>How long the line must wait: null not at all, zero as it sees fit.</summary>
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
                    session => SendRecord.RecordAsync(session, id, outcome),
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

    /// <summary>
    /// Notes which texts of a line that became ours are "sending": another node's, dead or cut off, which may still record how it
    /// went. This one claims only after it, and nobody else claims any more.
    /// </summary>
    internal async Task InheritAsync(Id<Line> lineId, CancellationToken cancellation)
    {
        if (settings.IsSqlite)
        {
            // What is "sending" at the start is nobody's: there is one process.
            return;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var left = await db
            .Messages.Where(m => m.LineId == lineId && m.State == MessageState.Sending)
            .Select(m => m.Id)
            .ToListAsync(cancellation);
        foreach (var id in left.Where(id => !_underWay.ContainsKey(id)))
        {
            _leftBehind.TryAdd(id, Environment.TickCount64);
        }
    }

    /// <summary>
    /// Texts that a crash cut off while sending become unconfirmed; those that surely never left go back into the queue.
    /// </summary>
    internal async Task MarkAbandonedAsync(CancellationToken cancellation)
    {
        var left = _leftBehind
            .Where(l => Environment.TickCount64 - l.Value >= AbandonedAfter.TotalMilliseconds)
            .Select(l => l.Key)
            .ToList();
        if (!settings.IsSqlite && left.Count == 0)
        {
            return;
        }
        var count = await writer.RunAsync(session => AbandonAsync(session, left), cancellation);
        foreach (var id in left)
        {
            _leftBehind.TryRemove(id, out _);
            _neverLeft.TryRemove(id, out _);
        }
        if (count > 0)
        {
            LogAbandoned(count);
        }
    }

    private async Task<int> AbandonAsync(WriteSession session, List<Id<Message>> left)
    {
        var sending = session
            .Db.Messages.Include(m => m.Attachments)
            .Where(m => m.State == MessageState.Sending);
        if (!settings.IsSqlite)
        {
            // The others are under way, on this node or, by a line that is its own, on another.
            sending = sending.Where(m => left.Contains(m.Id));
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
            if (_neverLeft.TryGetValue(message.Id, out var marked))
            {
                if (message.AttemptedAt == marked)
                {
                    message.BackToQueue();
                    await session.Db.SaveChangesAsync();
                    session.PublishMessage(message);
                    session.WakeOutbox();
                }
                // Else another node claimed it since.
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
