using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Opting out, back in, and asking for help: what each does to the number, its queued texts and its clients, in the
/// caller's transaction.
/// </summary>
public static class OptOuts
{
    /// <summary>Words stored as the terms of a consent that START brought back.</summary>
    public const string RestoredByStart = "Texted START after an opt-out";

    /// <summary>
    /// Stops everything to <paramref name="number"/> at once, queued texts included, withdraws the consents of the
    /// clients who have it, and confirms once when <paramref name="confirmOn"/> is given and its line confirms itself.
    /// </summary>
    /// <param name="at">When it was said.</param>
    public static async Task OptOutAsync(
        WriteSession session,
        PhoneNumber number,
        OptOutSource source,
        string by,
        DateTimeOffset at,
        (Line Line, Conversation Conversation)? confirmOn,
        CancellationToken cancellation
    )
    {
        var db = session.Db;
        var now = session.Now;
        var standing = await StandingAsync(session, number, cancellation);
        // Said again, it must not take back the answer to the first time, which may still be waiting to leave.
        var answersToo = !standing.IsOptedOut;
        standing.OptOut(at);
        db.OptOutRecords.Add(
            new OptOutRecord(Id<OptOutRecord>.New(now), number, optedOut: true, source, at, by)
        );
        await CancelQueuedAsync(session, number, answersToo, cancellation);
        // A YES after a STOP answers nothing any more: only START brings texts back.
        await db
            .OptInRequests.Where(r =>
                r.Number == number && r.AnsweredAt == null && r.LapsedAt == null
            )
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.LapsedAt, now), cancellation);
        foreach (var client in await ClientsAsync(db, number, cancellation))
        {
            // Who has reminders by email keeps them: texts are what was opted out of.
            if (client.ReminderPreference == ReminderPreference.Sms)
            {
                client.ReminderPreference = ReminderPreference.None;
            }
            await WithdrawAsync(session, client, by, cancellation);
            session.Publish(new InboxEvent.ClientChanged(client.Id, number));
        }
        if (
            confirmOn is { } on
            && on.Line.ConfirmsOptOutItself
            && standing.TakeOptOutConfirmation(now)
        )
        {
            await KeywordAnswers.QueueAsync(
                session,
                on.Line,
                on.Conversation,
                TemplateKind.OptOutReply,
                cancellation
            );
        }
        await db.SaveChangesAsync(cancellation);
        session.Publish(new InboxEvent.ClientChanged(ClientId: null, number));
    }

    /// <summary>
    /// Only the client opts back in. Brings back transactional consent where there was one before the opt-out; never
    /// marketing. Nothing happens when an opt-out was said after it: what the carrier held back for hours comes in any order.
    /// </summary>
    /// <param name="at">When it was said.</param>
    public static async Task OptInAsync(
        WriteSession session,
        PhoneNumber number,
        DateTimeOffset at,
        Line line,
        Conversation conversation,
        CancellationToken cancellation
    )
    {
        var db = session.Db;
        var now = session.Now;
        var standing = await StandingAsync(session, number, cancellation);
        if (
            await db.OptOutRecords.AnyAsync(
                o => o.Number == number && o.OptedOut && o.At > at,
                cancellation
            )
        )
        {
            return;
        }
        var wasOut = standing.IsOptedOut;
        standing.OptIn();
        db.OptOutRecords.Add(
            new OptOutRecord(
                Id<OptOutRecord>.New(now),
                number,
                optedOut: false,
                OptOutSource.Keyword,
                at,
                "START"
            )
        );
        foreach (var client in wasOut ? await ClientsAsync(db, number, cancellation) : [])
        {
            await RestoreAsync(db, client, now, cancellation);
            session.Publish(new InboxEvent.ClientChanged(client.Id, number));
        }
        if (line.ConfirmsOptOutItself)
        {
            await KeywordAnswers.AnswerAsync(
                session,
                line,
                conversation,
                TemplateKind.OptInReply,
                cancellation
            );
        }
        await db.SaveChangesAsync(cancellation);
        session.Publish(new InboxEvent.ClientChanged(ClientId: null, number));
    }

    /// <summary>
    /// The carrier says that the number opted out there. Said before the client's newest START, or of a number that is
    /// out anyway, it changes nothing.
    /// </summary>
    internal static async Task OptOutAtCarrierAsync(
        WriteSession session,
        PhoneNumber number,
        DateTimeOffset at
    )
    {
        var standing = await StandingAsync(session, number, CancellationToken.None);
        if (
            standing.IsOptedOut
            || await session.Db.OptOutRecords.AnyAsync(o =>
                o.Number == number && !o.OptedOut && o.At > at
            )
        )
        {
            return;
        }
        await OptOutAsync(
            session,
            number,
            OptOutSource.Carrier,
            "carrier 1240",
            at,
            confirmOn: null,
            CancellationToken.None
        );
    }

    /// <summary>Fails every text to <paramref name="number"/> that waits; the answer to the opt-out itself is queued after this.</summary>
    private static async Task CancelQueuedAsync(
        WriteSession session,
        PhoneNumber number,
        bool answersToo,
        CancellationToken cancellation
    )
    {
        var queued = await session
            .Db.Messages.Include(m => m.Attachments)
            .Where(m =>
                m.Number == number
                && m.State == MessageState.Queued
                && (answersToo || m.Kind != MessageKind.System)
            )
            .ToListAsync(cancellation);
        foreach (var message in queued)
        {
            message.MarkFailed(
                GateDecision.OptedOut,
                "Not sent: the client opted out before it left."
            );
            if (message.ConversationId is { } conversationId)
            {
                session.Publish(
                    new InboxEvent.MessageChanged(conversationId, MessageView.Of(message))
                );
            }
        }
    }

    private static async Task WithdrawAsync(
        WriteSession session,
        Client client,
        string by,
        CancellationToken cancellation
    )
    {
        foreach (var category in Enum.GetValues<ConsentCategory>())
        {
            if (
                await ConsentGate.HoldingAsync(session.Db, client.Id, category, cancellation)
                is not null
            )
            {
                session.Db.ConsentRecords.Add(
                    new ConsentRecord(
                        Id<ConsentRecord>.New(session.Now),
                        client.Id,
                        category,
                        ConsentAction.Withdrawn,
                        ConsentMethod.Text,
                        "Opted out of all texts",
                        session.Now,
                        by,
                        session.Now
                    )
                );
            }
        }
    }

    private static async Task RestoreAsync(
        InboxDb db,
        Client client,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var before = await db
            .ConsentRecords.Where(c =>
                c.ClientId == client.Id && c.Category == ConsentCategory.Transactional
            )
            .OrderByDescending(c => c.At)
            .ThenByDescending(c => c.Action == ConsentAction.Withdrawn)
            .Take(2)
            .ToListAsync(cancellation);
        if (
            before
            is [
                { Action: ConsentAction.Withdrawn, Method: ConsentMethod.Text },
                { Action: ConsentAction.Granted },
            ]
        )
        {
            if (client.ReminderPreference == ReminderPreference.None)
            {
                client.ReminderPreference = ReminderPreference.Sms;
            }
            db.ConsentRecords.Add(
                new ConsentRecord(
                    Id<ConsentRecord>.New(now),
                    client.Id,
                    ConsentCategory.Transactional,
                    ConsentAction.Granted,
                    ConsentMethod.Text,
                    RestoredByStart,
                    now,
                    client.FullName,
                    now
                )
            );
        }
    }

    private static async Task<NumberStanding> StandingAsync(
        WriteSession session,
        PhoneNumber number,
        CancellationToken cancellation
    )
    {
        var db = session.Db;
        await session.LockAsync("NumberStandings", "Number", number.Value);
        var standing = await db.NumberStandings.FindAsync([number], cancellation);
        return standing ?? db.NumberStandings.Add(new NumberStanding(number)).Entity;
    }

    private static Task<List<Client>> ClientsAsync(
        InboxDb db,
        PhoneNumber number,
        CancellationToken cancellation
    ) => db.Clients.Where(c => c.Phones.Any(p => p.Number == number)).ToListAsync(cancellation);
}
