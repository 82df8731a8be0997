using System.Globalization;
using System.Text;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AddOns;

/// <summary>Texts of one direction, kind and currency.</summary>
/// <param name="OneWay">How many of them left while one-way was on: those are charged one by one.</param>
/// <param name="Cost">What the carrier charged, in <paramref name="Currency"/>; null when it reported none.</param>
/// <param name="Priced">For how many it reported a price.</param>
public sealed record UsageCount(
    MessageDirection Direction,
    MessageKind Kind,
    int Messages,
    int Segments,
    int OneWay,
    decimal? Cost,
    string? Currency,
    int Priced
);

/// <summary>
/// Counts texts. One that went out counts when it left, one that came in when it arrived here (its id tells), so that no
/// text falls between two months, whatever the carrier's clock says.
/// </summary>
public static class UsageMeter
{
    /// <summary>The counts between two instants, deleted texts included, all of one look at the database.</summary>
    public static Task<IReadOnlyList<UsageCount>> CountAsync(
        InboxDb db,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyList<AddOnSpan> oneWay,
        CancellationToken cancellation
    ) => CountAsync(db, from, to, oneWay, conversation: null, cancellation);

    /// <summary>
    /// Writes down what the texts of a conversation count, before it is deleted, month by month. Closed months are
    /// settled: nothing is written for them.
    /// </summary>
    internal static async Task KeepAsync(WriteSession session, Id<Conversation> conversation)
    {
        var db = session.Db;
        var cancellation = CancellationToken.None;
        var ends = await db
            .Messages.Where(m => m.ConversationId == conversation)
            .GroupBy(_ => 1)
            .Select(g => new { First = g.Min(m => m.At), Last = g.Max(m => m.SentAt ?? m.At) })
            .FirstOrDefaultAsync(cancellation);
        if (ends is null)
        {
            return;
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var history = await AddOnHistory.ReadAsync(db, cancellation);
        var last = UsageMonth.At(session.Now, zone).Month;
        var month = await Statements.FirstOpenAsync(db, history, zone, cancellation);
        if (month is null)
        {
            return;
        }
        for (; month.Month <= last; month = UsageMonth.Of(month.Month.PlusMonths(1), zone))
        {
            var counts = await CountAsync(
                db,
                month.From,
                month.To,
                history.Of(AddOn.OneWay, month.From, month.To),
                conversation,
                cancellation
            );
            db.DeletedUsages.AddRange(
                counts.Select(count => new DeletedUsage(
                    Id<DeletedUsage>.New(session.Now),
                    month.From,
                    count
                ))
            );
        }
        await db.SaveChangesAsync(cancellation);
    }

    private static async Task<IReadOnlyList<UsageCount>> CountAsync(
        InboxDb db,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyList<AddOnSpan> oneWay,
        Id<Conversation>? conversation,
        CancellationToken cancellation
    )
    {
        var values = new List<object>();
        var charged = new StringBuilder("0");
        foreach (var span in oneWay)
        {
            charged.Append(
                CultureInfo.InvariantCulture,
                $" + CASE WHEN \"LineId\" = {Value(span.LineId.ToString())} AND \"SentAt\" >= {Value(Micros.Of(span.From))} AND \"SentAt\" < {Value(Micros.Of(span.To ?? DateTimeOffset.MaxValue))} THEN 1 ELSE 0 END"
            );
        }
        const string Columns = "\"Direction\", \"Kind\", \"Currency\"";
        var only = conversation is { } id
            ? $" AND \"ConversationId\" = {Value(id.ToString())}"
            : "";
        var deleted = conversation is null
            ? $"""
                UNION ALL
                SELECT {Columns}, "Messages", "Segments", "OneWay", "Cost", "Priced" FROM "DeletedUsages"
                WHERE "At" >= {Value(Micros.Of(from))} AND "At" < {Value(Micros.Of(to))}
                """
            : "";
        var sql = $"""
            SELECT {Columns}, CAST(SUM("Messages") AS BIGINT) AS "Messages", CAST(SUM("Segments") AS BIGINT) AS "Segments",
              CAST(SUM("OneWay") AS BIGINT) AS "OneWay", CAST(SUM("Cost") AS BIGINT) AS "Cost", CAST(SUM("Priced") AS BIGINT) AS "Priced"
            FROM (
              SELECT {Columns}, 1 AS "Messages", "Segments", {charged} AS "OneWay", "Price" AS "Cost",
                CASE WHEN "Price" IS NULL THEN 0 ELSE 1 END AS "Priced"
              FROM "Messages" WHERE "Direction" = 'Outbound' AND "SentAt" >= {Value(Micros.Of(from))} AND "SentAt" < {Value(
                Micros.Of(to)
            )}{only}
              UNION ALL
              SELECT {Columns}, 1, "Segments", 0, "Price", CASE WHEN "Price" IS NULL THEN 0 ELSE 1 END
              FROM "Messages" WHERE "Direction" = 'Inbound' AND "Id" >= {Value(FirstId(from))} AND "Id" < {Value(FirstId(to))}{only}
              {deleted}
            ) AS "Counted"
            GROUP BY {Columns}
            """;
        var rows = await db
            .Database.SqlQueryRaw<CountRow>(sql, [.. values])
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(r => new UsageCount(
                    Enum.Parse<MessageDirection>(r.Direction),
                    Enum.Parse<MessageKind>(r.Kind),
                    (int)r.Messages,
                    (int)r.Segments,
                    (int)r.OneWay,
                    r.Cost / 1_000_000m,
                    r.Cost is null ? null : r.Currency,
                    (int)r.Priced
                ))
                .OrderBy(c => c.Direction)
                .ThenBy(c => c.Kind)
                .ThenBy(c => c.Currency, StringComparer.Ordinal),
        ];

        string Value(object value)
        {
            values.Add(value);
            return "{" + (values.Count - 1).ToString(CultureInfo.InvariantCulture) + "}";
        }
    }

    /// <summary>The least id that can be made at an instant: version 7 ids begin with their milliseconds.</summary>
    private static string FirstId(DateTimeOffset at) =>
        at.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture)
        + "00000000000000000000";

    /// <summary>As the database gives it: enumerations by name, money in millionths.</summary>
    internal sealed record CountRow(
        string Direction,
        string Kind,
        string? Currency,
        long Messages,
        long Segments,
        long OneWay,
        long? Cost,
        long Priced
    );
}
