using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// Brings what is due into the outbox: as much as the line can carry in some minutes, so that a hundred thousand reminders
/// of one minute wait here, where they cost nothing, and not in the desk's way.
/// </summary>
public sealed partial class ReminderFeeder(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    PublicAddress address,
    TimeProvider clock,
    ILogger<ReminderFeeder> log
)
{
    /// <summary>Reminders that wait in the outbox of a line at most, in seconds of its pace.</summary>
    private const int MostSeconds = 60;

    /// <summary>So many in one transaction.</summary>
    private const int Slice = 20;

    /// <summary>Settles what is too late, holds what may not leave, queues what may. Returns how many were queued.</summary>
    public async Task<int> FeedAsync(CancellationToken cancellation)
    {
        await MissAsync(cancellation);
        var (lineId, room, hold) = await LookAsync(cancellation);
        if (hold is not null)
        {
            await HoldAsync(hold, cancellation);
            return 0;
        }
        var queued = 0;
        while (room > 0)
        {
            var take = Math.Min(room, Slice);
            var fed = await writer.RunAsync(
                session => FeedAsync(session, lineId!.Value, take),
                cancellation
            );
            queued += fed.Queued;
            room -= fed.Looked;
            if (fed.Looked < take)
            {
                break;
            }
        }
        return queued;
    }

    /// <summary>The line that reminders leave by: the oldest that is on and not paused.</summary>
    private async Task<(Id<Line>? Line, int Room, string? Hold)> LookAsync(
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        if (!await Due(db, now).AnyAsync(cancellation))
        {
            return (null, 0, null);
        }
        var rules = await ReminderPlanner.RulesAsync(db, cancellation);
        var allowed = rules.Quiet.NextAllowed(Instant.FromDateTimeOffset(now), rules.Zone);
        if (allowed.ToDateTimeOffset() > now)
        {
            var until = allowed.InZone(rules.Zone).ToDateTimeUnspecified();
            return (
                null,
                0,
                $"Quiet hours until {until.ToString("h:mm tt", System.Globalization.CultureInfo.GetCultureInfo("en-US"))}."
            );
        }
        var lines = await db
            .Lines.AsNoTracking()
            .Where(l => l.AddOn != AddOn.Off)
            .OrderBy(l => l.CreatedAt)
            .ToListAsync(cancellation);
        if (lines.FirstOrDefault(l => l.PausedReason is null) is not { } line)
        {
            return (
                null,
                0,
                lines.Count == 0
                    ? "No line is switched on (Settings, Add-ons)."
                    : "The line is paused: " + lines[0].PausedReason
            );
        }
        var waiting = await db.Messages.CountAsync(
            m =>
                m.LineId == line.Id
                && m.State == MessageState.Queued
                && m.Kind == MessageKind.Reminder,
            cancellation
        );
        return (line.Id, (line.MessagesPerSecond * MostSeconds) - waiting, null);
    }

    private async Task MissAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            if (!await Due(db, now).AnyAsync(p => p.ExpiresAt <= now, cancellation))
            {
                return;
            }
        }
        var missed = await writer.RunAsync(
            session =>
            {
                session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
                return Due(session.Db, now)
                    .Where(p => p.ExpiresAt <= now)
                    .ExecuteUpdateAsync(p =>
                        p.SetProperty(x => x.State, ReminderState.Missed)
                            .SetProperty(
                                x => x.Reason,
                                x => x.Reason == "" ? "It could not leave in time." : x.Reason
                            )
                            .SetProperty(x => x.SettledAt, now)
                    );
            },
            cancellation
        );
        LogMissed(missed);
    }

    private async Task HoldAsync(string why, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            if (!await Due(db, now).AnyAsync(p => p.Reason != why, cancellation))
            {
                return;
            }
        }
        await writer.RunAsync(
            session =>
            {
                session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
                return Due(session.Db, now)
                    .Where(p => p.Reason != why)
                    .ExecuteUpdateAsync(p =>
                        p.SetProperty(x => x.State, ReminderState.Held)
                            .SetProperty(x => x.Reason, why)
                    );
            },
            cancellation
        );
    }

    private async Task<(int Looked, int Queued)> FeedAsync(
        WriteSession session,
        Id<Line> lineId,
        int take
    )
    {
        var db = session.Db;
        var due = await Due(db, session.Now)
            .OrderBy(p => p.DueAt)
            .ThenBy(p => p.Id)
            .Take(take)
            .ToListAsync();
        if (due.Count == 0)
        {
            return (0, 0);
        }
        var line = await db.Lines.SingleAsync(l => l.Id == lineId);
        if (line.AddOn == AddOn.Off)
        {
            // Switched off since it was looked at: the next look holds them.
            return (0, 0);
        }
        session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
        var rules = await ReminderPlanner.RulesAsync(db, CancellationToken.None);
        var letter = new ReminderLetter(session, line, rules, address);
        var queued = 0;
        foreach (var reminder in due.Where(r => r.IsOpen))
        {
            // Another node may have been faster. The client is held: several reminders may go in one text.
            await session.LockAsync("Clients", "Id", reminder.ClientId.ToString());
            await db.Entry(reminder).ReloadAsync();
            if (reminder.IsOpen && await letter.WriteAsync(reminder))
            {
                queued++;
            }
        }
        await db.SaveChangesAsync();
        return (due.Count, queued);
    }

    private static IQueryable<PlannedReminder> Due(InboxDb db, DateTimeOffset now) =>
        db.PlannedReminders.Where(p =>
            (p.State == ReminderState.Planned || p.State == ReminderState.Held) && p.DueAt <= now
        );

    [LoggerMessage(LogLevel.Warning, "{Count} reminders could not leave in time and were missed")]
    private partial void LogMissed(int count);
}
