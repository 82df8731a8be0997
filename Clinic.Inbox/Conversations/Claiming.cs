using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Conversations;

/// <summary>What a line may do next.</summary>
internal abstract record Claim
{
    /// <summary>This text is marked as being sent, durably; it must be sent now.</summary>
    /// <param name="At">When it was marked: <see cref="Message.AttemptedAt"/>.</param>
    public sealed record Taken(
        Id<Message> MessageId,
        OutgoingText Text,
        TimeSpan Pace,
        DateTimeOffset At
    ) : Claim;

    /// <summary>The next text may not leave any more, or somebody else has it; look again.</summary>
    public sealed record Dropped : Claim;

    /// <summary>Nothing may leave now.</summary>
    public sealed record Nothing : Claim;
}

/// <summary>
/// Takes a line's next text: most urgent first, asks the gate again, and marks it as being sent in the caller's
/// transaction, before the request leaves.
/// </summary>
internal static class Claiming
{
    /// <summary>The error code of a text that waited until it was of no use any more.</summary>
    public const string TooLate = "tooLate";

    public static async Task<Claim> ClaimAsync(
        WriteSession session,
        Id<Line> lineId,
        LinePause pause,
        PublicAddress address
    )
    {
        var db = session.Db;
        var line = await db.Lines.AsNoTracking().SingleAsync(l => l.Id == lineId);
        if (line.PausedReason is not null)
        {
            return new Claim.Nothing();
        }
        var queued = db.Messages.Where(m => m.LineId == lineId && m.State == MessageState.Queued);
        if (line.AddOn == AddOn.Off)
        {
            // Waits until an add-on is on again, but for the answers to STOP and HELP.
            queued = queued.Where(m => m.Kind == MessageKind.System);
        }
        var message = await queued
            .Include(m => m.Attachments)
            // Only reminders are held for later. All else leaves at once, also when the clock was set back meanwhile.
            .Where(m => m.Kind != MessageKind.Reminder || m.DueAt <= session.Now)
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
        if (
            message.Kind == MessageKind.Reminder
            && await QuietUntilAsync(db, session.Now) is { } allowed
        )
        {
            // The whole heap at once: what is queued when the evening comes leaves in the morning.
            await queued
                .Where(m => m.Kind == MessageKind.Reminder && m.DueAt < allowed)
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.DueAt, allowed));
            return new Claim.Dropped();
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
        if (
            pause.Left > TimeSpan.Zero
            || await db.Lines.AnyAsync(l => l.Id == lineId && l.PausedReason != null)
        )
        {
            // The carrier throttled the line, or refused it for want of credit, while this looked: what it found may be the
            // very text that was sent back.
            return new Claim.Dropped();
        }
        if (message.ExpiresAt <= session.Now)
        {
            message.MarkFailed(TooLate, "Not sent: it could not leave in time.");
            await db.SaveChangesAsync();
            session.PublishMessage(message);
            return new Claim.Dropped();
        }
        if (message.Kind == MessageKind.Conversation && !line.CanConverse)
        {
            message.MarkFailed(
                "lineNotEnabled",
                "Not sent. Two-way texting was switched off for this number before it left."
            );
            await db.SaveChangesAsync();
            session.PublishMessage(message);
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
            message.Purpose,
            session.Now,
            CancellationToken.None
        );
        if (!decision.Allowed)
        {
            message.MarkFailed(decision.Code, "Not sent. " + decision.Reason);
            await db.SaveChangesAsync();
            session.PublishMessage(message);
            return new Claim.Dropped();
        }
        message.MayLeave(decision);
        if (message.Kind != MessageKind.System)
        {
            message.Greet(
                await Outbox.GreetingForAsync(db, message.Number, CancellationToken.None)
            );
        }
        foreach (var file in message.Attachments)
        {
            file.KeepPublicUntil(session.Now + StoredFile.PublicFor);
        }
        var at = session.Now;
        message.MarkSending(at);
        await db.SaveChangesAsync();
        session.PublishMessage(message);
        return new Claim.Taken(
            message.Id,
            ToCarrier(message, line, address),
            TimeSpan.FromSeconds(1.0 / line.MessagesPerSecond),
            at
        );
    }

    /// <summary>When the system may text by itself again; null: now.</summary>
    private static async Task<DateTimeOffset?> QuietUntilAsync(InboxDb db, DateTimeOffset now)
    {
        var quiet = await db.SettingAsync(
            QuietHours.Key,
            QuietHours.Default,
            CancellationToken.None
        );
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync();
        var allowed = quiet
            .NextAllowed(
                Instant.FromDateTimeOffset(now),
                DateTimeZoneProviders.Tzdb[clinic.TimeZone]
            )
            .ToDateTimeOffset();
        return allowed > now ? allowed : null;
    }

    private static OutgoingText ToCarrier(Message message, Line line, PublicAddress address) =>
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
                        address.At(
                            $"media/{a.PublicToken}/{Uri.EscapeDataString(AttachmentNames.ForCarrier(a))}"
                        )
                    )),
            ]
        );
}
