using System.Collections.Concurrent;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// The lines that this node sends for. A lease lasts ten seconds and is renewed every three; one whose node died is taken
/// by whoever asks next. On SQLite there is one process, and every line is its own.
/// </summary>
public sealed class LineLeases(
    DatabaseSettings settings,
    IDbContextFactory<InboxDb> databases,
    Node node
)
{
    /// <summary>How long a line waits at most after its node died; in <see cref="Hold"/> in microseconds.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>How often a lease is renewed, or asked for.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    private const string Now = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";

    private const string Hold = $$"""
        INSERT INTO "LineLeases" ("LineId", "Node", "Until") VALUES ({0}, {1}, {{Now}} + 10000000)
        ON CONFLICT ("LineId") DO UPDATE SET "Node" = EXCLUDED."Node", "Until" = EXCLUDED."Until"
        WHERE "LineLeases"."Node" = EXCLUDED."Node" OR "LineLeases"."Until" <= {{Now}}
        """;

    // By a clock that nobody moves, and never later than the database has it.
    private readonly ConcurrentDictionary<Id<Line>, long> _until = new();
    private readonly ConcurrentDictionary<Id<Line>, long> _askedAt = new();

    /// <summary>Whether this node may send for the line, as far as it knows.</summary>
    public bool Holds(Id<Line> line) =>
        _until.TryGetValue(line, out var until)
        && (settings.IsSqlite || Environment.TickCount64 < until);

    /// <summary>Whether it is time to ask for the line, or to renew it.</summary>
    public bool IsDue(Id<Line> line) =>
        !_askedAt.TryGetValue(line, out var at)
        || (!settings.IsSqlite && Environment.TickCount64 - at >= Renewal.TotalMilliseconds);

    /// <summary>Takes or renews the lease. True when the line became this node's by it.</summary>
    public async Task<bool> AskAsync(Id<Line> line, CancellationToken cancellation)
    {
        var held = Holds(line);
        var now = Environment.TickCount64;
        _askedAt[line] = now;
        if (settings.IsSqlite || await HoldAsync(line, cancellation))
        {
            _until[line] = now + (long)Length.TotalMilliseconds;
            return !held;
        }
        _until.TryRemove(line, out _);
        return false;
    }

    /// <summary>
    /// Whether the line is this node's until the caller's commit at least: nobody takes it before. Asked in the transaction
    /// that claims a text, so that a node that was away for long claims nothing of a line that is another's now.
    /// </summary>
    internal async Task<bool> HoldsAsync(WriteSession session, Id<Line> line) =>
        settings.IsSqlite
        || await session
            .Sql(
                "SELECT 1 FROM \"LineLeases\" WHERE \"LineId\" = @p0 AND \"Node\" = @p1 "
                    + $"AND \"Until\" > {Now} FOR SHARE",
                line.ToString(),
                node.Id
            )
            .ExecuteScalarAsync()
            is not null;

    /// <summary>Gives every line back, so that another node goes on at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        _until.Clear();
        if (settings.IsSqlite)
        {
            return;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.LineLeases.Where(l => l.Node == node.Id).ExecuteDeleteAsync(cancellation);
    }

    private async Task<bool> HoldAsync(Id<Line> line, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Database.ExecuteSqlRawAsync(Hold, [line.ToString(), node.Id], cancellation)
            == 1;
    }
}
