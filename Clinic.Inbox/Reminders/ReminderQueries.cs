using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// Reads what the system sends by itself. Every list is read along an index and by the page, so that a hundred thousand
/// reminders of one morning cost no more than fifty.
/// </summary>
public sealed class ReminderQueries(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    /// <summary>How long something asks for attention.</summary>
    private static readonly TimeSpan Attention = TimeSpan.FromDays(14);

    /// <summary>Null when there is none.</summary>
    public async Task<ReminderRow?> FindAsync(
        Id<PlannedReminder> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = await db
            .PlannedReminders.AsNoTracking()
            .Where(p => p.Id == id)
            .ToListAsync(cancellation);
        return (await ReminderRows.OfAsync(db, found, cancellation)).SingleOrDefault();
    }

    /// <param name="limit">Most rows, at least 1.</param>
    public async Task<ReminderPage> PageAsync(
        ReminderTab tab,
        ReminderCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (tab == ReminderTab.Attention)
        {
            return await AttentionAsync(db, after, limit, cancellation);
        }
        var (start, days) = await DaysAsync(db, cancellation);
        var until = tab == ReminderTab.Today ? days[0] : days[^1];
        var found = Between(db, start, until).Where(p => p.State != ReminderState.Cancelled);
        if (after is { DueAt: var at, Id: var id })
        {
            // As text: EF knows no type for a cast parameter.
            var last = id.ToString();
            found = found.Where(p =>
                p.DueAt >= at && (p.DueAt > at || string.Compare((string)(object)p.Id, last) > 0)
            );
        }
        var rows = await found
            .OrderBy(p => p.DueAt)
            .ThenBy(p => p.Id)
            .Take(limit + 1)
            .ToListAsync(cancellation);
        return await PageAsync(db, rows, limit, cancellation);
    }

    /// <summary>What a client was, is and will be reminded of; the latest first.</summary>
    public async Task<ReminderPage> OfClientAsync(
        Id<Client> clientId,
        ReminderCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = Before(
            db.PlannedReminders.AsNoTracking().Where(p => p.ClientId == clientId),
            after
        );
        var rows = await found.Take(limit + 1).ToListAsync(cancellation);
        return await PageAsync(db, rows, limit, cancellation);
    }

    public async Task<ReminderCounts> CountsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var (start, days) = await DaysAsync(db, cancellation);
        var (today, week) = (days[0], days[^1]);
        var open = db.PlannedReminders.Where(p =>
            p.State == ReminderState.Planned || p.State == ReminderState.Held
        );
        return new ReminderCounts(
            await open.CountAsync(p => p.DueAt < today, cancellation),
            await Between(db, start, today)
                .CountAsync(p => p.State == ReminderState.Sent, cancellation)
                - await Troubled(db)
                    .CountAsync(p => p.DueAt >= start && p.DueAt < today, cancellation),
            await open.CountAsync(p => p.DueAt < week, cancellation),
            await Waiting(db).CountAsync(cancellation) + await Troubled(db).CountAsync(cancellation)
        );
    }

    /// <summary>Two indexes, each read to the end of the page, and brought together.</summary>
    private async Task<ReminderPage> AttentionAsync(
        InboxDb db,
        ReminderCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var waiting = await Before(Waiting(db), after).Take(limit + 1).ToListAsync(cancellation);
        var troubled = await Before(Troubled(db), after).Take(limit + 1).ToListAsync(cancellation);
        var rows = waiting
            .Concat(troubled)
            .OrderByDescending(p => p.DueAt)
            .ThenByDescending(p => p.Id.ToString(), StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return await PageAsync(db, rows, limit, cancellation);
    }

    /// <summary>Held, missed or not allowed.</summary>
    internal IQueryable<PlannedReminder> Waiting(InboxDb db)
    {
        var since = clock.GetUtcNow() - Attention;
        return db
            .PlannedReminders.AsNoTracking()
            .Where(p =>
                (
                    p.State == ReminderState.Held
                    || p.State == ReminderState.Missed
                    || p.State == ReminderState.Skipped
                )
                && p.DueAt >= since
            );
    }

    /// <summary>Its text failed, came too late or nobody knows; and it was not sent again since.</summary>
    internal IQueryable<PlannedReminder> Troubled(InboxDb db)
    {
        var since = clock.GetUtcNow() - Attention;
        return db
            .Messages.Where(m =>
                m.Kind == MessageKind.Reminder
                && (m.State == MessageState.Failed || m.State == MessageState.Unconfirmed)
            )
            .Join(db.PlannedReminders.AsNoTracking(), m => m.Id, p => p.MessageId, (_, p) => p)
            .Where(p => p.DueAt >= since && !db.PlannedReminders.Any(x => x.ResendOf == p.Id));
    }

    /// <summary>The latest first, from behind <paramref name="after"/> on.</summary>
    private static IQueryable<PlannedReminder> Before(
        IQueryable<PlannedReminder> found,
        ReminderCursor? after
    )
    {
        if (after is { DueAt: var at, Id: var id })
        {
            var last = id.ToString();
            found = found.Where(p =>
                p.DueAt <= at && (p.DueAt < at || string.Compare((string)(object)p.Id, last) < 0)
            );
        }
        return found.OrderByDescending(p => p.DueAt).ThenByDescending(p => p.Id);
    }

    internal static IQueryable<PlannedReminder> Between(
        InboxDb db,
        DateTimeOffset from,
        DateTimeOffset to
    ) => db.PlannedReminders.AsNoTracking().Where(p => p.DueAt >= from && p.DueAt < to);

    private static async Task<ReminderPage> PageAsync(
        InboxDb db,
        List<PlannedReminder> found,
        int limit,
        CancellationToken cancellation
    )
    {
        var rows = await ReminderRows.OfAsync(db, [.. found.Take(limit)], cancellation);
        return new ReminderPage(rows, found.Count > limit ? rows[^1].Cursor : null);
    }

    /// <summary>The start of the clinic's day, and the ends of it and of the six days after it.</summary>
    private async Task<(DateTimeOffset Start, IReadOnlyList<DateTimeOffset> Ends)> DaysAsync(
        InboxDb db,
        CancellationToken cancellation
    )
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var today = LocalDate.FromDateOnly(clinic.DayOf(clock.GetUtcNow()));
        return (
            StartOf(today),
            [.. Enumerable.Range(1, 7).Select(days => StartOf(today.PlusDays(days)))]
        );

        DateTimeOffset StartOf(LocalDate day) => zone.AtStartOfDay(day).ToDateTimeOffset();
    }
}
