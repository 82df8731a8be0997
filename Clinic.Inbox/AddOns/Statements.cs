using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AddOns;

/// <summary>A closed month in the list.</summary>
public sealed record StatementRow(
    string Month,
    string Name,
    int Messages,
    int Segments,
    decimal Fee,
    DateTimeOffset ClosedAt
);

/// <summary>
/// The clinic's months: the one that runs is counted, a closed one is read from its statement. A month is closed ten
/// minutes after its end in the clinic's zone, once, in order; one that was missed (the app was off) is closed at the next
/// look.
/// </summary>
public sealed partial class Statements(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock,
    ILogger<Statements> log
)
{
    /// <summary>Receipts of the last minutes still come in.</summary>
    public static readonly TimeSpan ClosedAfter = TimeSpan.FromMinutes(10);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<StatementRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var closed = await db
            .Statements.AsNoTracking()
            .OrderByDescending(s => s.Month)
            .ToListAsync(cancellation);
        return
        [
            .. closed.Select(s => new StatementRow(
                s.Month,
                s.Report().MonthName,
                s.Messages,
                s.Segments,
                s.Fee,
                s.ClosedAt
            )),
        ];
    }

    /// <summary>The statement of a month; null: it is not closed.</summary>
    public async Task<UsageReport?> FindAsync(YearMonth month, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return (await FindAsync(db, month, cancellation))?.Report();
    }

    /// <summary>A month as it stands; null: this month.</summary>
    public async Task<UsageReport> ReportAsync(YearMonth? month, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var wanted = month ?? UsageMonth.At(clock.GetUtcNow(), zone).Month;
        if (await FindAsync(db, wanted, cancellation) is { } closed)
        {
            return closed.Report();
        }
        var history = await AddOnHistory.ReadAsync(db, cancellation);
        var open = await FirstOpenAsync(db, history, zone, cancellation);
        return await CountAsync(
            db,
            open?.Month == wanted ? open : UsageMonth.Of(wanted, zone),
            clinic,
            history,
            clock.GetUtcNow(),
            cancellation
        );
    }

    /// <summary>Closes every month whose time has come, oldest first. Returns how many.</summary>
    public async Task<int> CloseDueAsync(CancellationToken cancellation)
    {
        var closed = 0;
        while (await NextDueAsync(cancellation) is { } report)
        {
            var written = await writer.RunAsync(
                async session =>
                {
                    await session.LockNameAsync("statement " + report.Month);
                    if (await session.Db.Statements.AnyAsync(s => s.Month == report.Month))
                    {
                        // Another node was first.
                        return false;
                    }
                    session.Db.Statements.Add(
                        new Statement(Id<Statement>.New(session.Now), report, session.Now)
                    );
                    await session.Db.SaveChangesAsync();
                    return true;
                },
                CancellationToken.None
            );
            if (written)
            {
                closed++;
                LogClosed(report.Month, report.Messages);
            }
        }
        return closed;
    }

    /// <summary>The first month without a statement; null: there was never a line. It begins where the last statement ends, whatever zone the clinic chose since.</summary>
    internal static async Task<UsageMonth?> FirstOpenAsync(
        InboxDb db,
        AddOnHistory history,
        DateTimeZone zone,
        CancellationToken cancellation
    )
    {
        var last = await db
            .Statements.AsNoTracking()
            .OrderByDescending(s => s.Month)
            .Select(s => new { s.Month, s.To })
            .FirstOrDefaultAsync(cancellation);
        if (last is not null && UsageMonth.TryParse(last.Month, out var month))
        {
            return UsageMonth.Of(month.PlusMonths(1), zone) with { From = last.To };
        }
        return history.Began is { } began ? UsageMonth.At(began, zone) : null;
    }

    private async Task<UsageReport?> NextDueAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var history = await AddOnHistory.ReadAsync(db, cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var month = await FirstOpenAsync(db, history, zone, cancellation);
        return month is null || now < month.To + ClosedAfter
            ? null
            : await CountAsync(db, month, clinic, history, now, cancellation);
    }

    private static async Task<UsageReport> CountAsync(
        InboxDb db,
        UsageMonth month,
        ClinicProfile clinic,
        AddOnHistory history,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var counts = await UsageMeter.CountAsync(
            db,
            month.From,
            month.To,
            history.Of(AddOn.OneWay, month.From, month.To),
            cancellation
        );
        return new UsageReport(
            month.Key,
            month.From,
            month.To,
            clinic.Name,
            clinic.TimeZone,
            // A month that has not begun costs nothing yet, though two-way is on and may stay so.
            month.From <= now
            && history.WasOn(AddOn.TwoWay, month.From, month.To)
                ? AddOnPrices.TwoWayMonth
                : 0,
            UsageReport.Fold(counts),
            ClosedAt: null
        );
    }

    private static Task<Statement?> FindAsync(
        InboxDb db,
        YearMonth month,
        CancellationToken cancellation
    )
    {
        var key = UsageMonth.KeyOf(month);
        return db
            .Statements.AsNoTracking()
            .Include(s => s.Lines)
            .FirstOrDefaultAsync(s => s.Month == key, cancellation);
    }

    [LoggerMessage(LogLevel.Information, "Closed {Month}: {Messages} messages")]
    private partial void LogClosed(string month, int messages);
}
