using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>
/// A client texted while the clinic is closed: answers once for each conversation and closed period, and tells the chosen
/// users by email. All of it in the transaction that stores the text.
/// </summary>
public sealed class AfterHoursAnswer(AfterHoursBook book, PublicAddress address) : IReceivedFollowUp
{
    /// <summary>A client who sends five texts in a row makes one email.</summary>
    private static readonly TimeSpan BetweenAlerts = TimeSpan.FromMinutes(5);

    public int Turn => FollowUpTurn.Anything;

    public async Task FollowAsync(WriteSession session, StoredText text)
    {
        var settings = await book.CurrentAsync(session);
        // Where nobody reads, "we are open again tomorrow" would promise what nobody keeps.
        if (!settings.DoesAnything || text.LineIsOnFor != AddOn.TwoWay)
        {
            return;
        }
        var db = session.Db;
        var hours = await HoursBook.ReadAsync(db, CancellationToken.None);
        var now = Instant.FromDateTimeOffset(session.Now);
        if (hours.ClosedSince(now) is not { } since)
        {
            return;
        }
        await AlertAsync(session, settings, text);
        if (settings.AutoResponse && AutoReplies.MayAnswer(text))
        {
            await AnswerAsync(session, hours, now, since, text);
        }
        await db.SaveChangesAsync();
    }

    private static async Task AnswerAsync(
        WriteSession session,
        ClinicHours hours,
        Instant now,
        Instant since,
        StoredText text
    )
    {
        var db = session.Db;
        var closedSince =
            since == Instant.MinValue ? DateTimeOffset.UnixEpoch : since.ToDateTimeOffset();
        if (
            await db.AutoResponses.FindAsync(text.Row.Id, closedSince) is not null
            || !await LoopGuard.LetsPassAsync(session, text)
        )
        {
            return;
        }
        var line = await db.Lines.SingleAsync(l => l.Id == text.Row.LineId);
        var conversation = await db.Conversations.SingleAsync(c => c.Id == text.Row.Id);
        var draft = new Draft(
            line,
            text.From,
            MessageKind.AutoResponse,
            Purpose.Conversation,
            await AutoResponseText.WriteAsync(
                db,
                hours,
                now,
                text.Row.ClientName,
                CancellationToken.None
            )
        )
        {
            Conversation = conversation,
            ClientId = text.Row.ClientId,
        };
        if (
            await Outbox.EnqueueAsync(session, draft, CancellationToken.None)
            is EnqueueResult.Queued
        )
        {
            db.AutoResponses.Add(new AutoResponse(text.Row.Id, closedSince, session.Now));
        }
    }

    private async Task AlertAsync(
        WriteSession session,
        AfterHoursSettings settings,
        StoredText text
    )
    {
        var db = session.Db;
        var subject = $"After hours: a text from {text.Row.ClientName ?? text.From.Value}";
        var lately = session.Now - BetweenAlerts;
        if (
            settings.AlertUserIds.Count == 0
            || await db.OutgoingEmails.AnyAsync(e => e.Subject == subject && e.CreatedAt > lately)
        )
        {
            return;
        }
        var link = address.At($"schedule/inbox/{text.Row.Id}").AbsoluteUri;
        var quoted = settings.AlertQuotesText ? $"\n\n“{text.Text}”" : "";
        var addresses = await db
            .Users.Where(u => settings.AlertUserIds.Contains(u.Id) && u.Active && u.Email != null)
            .Select(u => u.Email!)
            .ToListAsync();
        db.OutgoingEmails.AddRange(
            addresses.Select(to => new OutgoingEmail(
                Id<OutgoingEmail>.New(session.Now),
                to,
                subject,
                $"{text.Row.ClientName ?? text.From.Value} texted while the clinic is closed.{quoted}\n\nOpen the conversation: {link}\n",
                session.Now
            )
            {
                ConversationId = text.Row.Id,
            })
        );
    }
}
