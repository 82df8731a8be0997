using System.Text.Json;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// The reference on PostgreSQL: the same three rows a text with prepared statements into the same tables, in a durable
/// transaction of its own, over a pool of as many connections. No signature, no duplicates, no rules, nobody told.
/// </summary>
internal sealed class BarePostgres : IDisposable
{
    private const string LineId = "00000000000000000000000000000001";

    private const string Conversation = """
        INSERT INTO "Conversations" ("Id", "LineId", "Number", "State", "Unread", "CreatedAt", "LastMessageAt", "Preview",
          "LastWasOurs", "AwaitsOptOutDecision") VALUES (@p0, @p1, @p2, 'Open', 1, @p3, @p3, @p4, FALSE, FALSE)
        ON CONFLICT ("LineId", "Number") WHERE "State" = 'Open' DO UPDATE SET "Unread" = "Conversations"."Unread" + 1,
          "Preview" = excluded."Preview", "LastMessageAt" = excluded."LastMessageAt" RETURNING "Id"
        """;

    private const string Message = """
        INSERT INTO "Messages" ("Id", "ConversationId", "LineId", "Number", "Direction", "Kind", "Purpose", "Category", "Basis", "AsksToConfirm", "Text", "State",
          "Segments", "At", "CarrierId", "Priority", "DueAt", "By", "RawBody")
        VALUES (@p0, @p1, @p2, @p3, 'Inbound', 'Conversation', 'Conversation', 'Transactional', '', FALSE, @p4, 'Received', 1, @p5, @p6, 0, @p5, '', @p7)
        """;

    private const string Standing =
        "INSERT INTO \"NumberStandings\" (\"Number\", \"TextedUsAt\") VALUES (@p0, @p1) "
        + "ON CONFLICT (\"Number\") DO UPDATE SET \"TextedUsAt\" = excluded.\"TextedUsAt\"";

    private readonly NpgsqlDataSource _database;

    private BarePostgres(NpgsqlDataSource database) => _database = database;

    public static async Task<BarePostgres> OpenAsync(string connectionString)
    {
        var options = new DbContextOptionsBuilder<PostgresInboxDb>()
            .UseNpgsql(connectionString)
            .Options;
        await using (var context = new PostgresInboxDb(options))
        {
            await context.Database.MigrateAsync();
            await context.Database.ExecuteSqlRawAsync(
                "INSERT INTO \"Lines\" (\"Id\", \"Number\", \"Type\", \"AddOn\", \"CarrierConfirmsOptOut\", \"MessagesPerSecond\", \"CreatedAt\") "
                    + $"VALUES ('{LineId}', '+{InboundBody.Line}', 'LongCode', 'TwoWay', FALSE, 10, 0)"
            );
        }
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
        };
        return new BarePostgres(NpgsqlDataSource.Create(settings));
    }

    public async Task HandleAsync(HttpContext context)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var root = json.RootElement;
        var (from, text) = (
            "+" + root.GetProperty("from").GetString(),
            root.GetProperty("text").GetString()!
        );
        var now = Micros.Of(DateTimeOffset.UtcNow);
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var conversation = Command(connection, Conversation);
        Add(conversation, Guid.CreateVersion7().ToString("N"), LineId, from, now, text);
        var id = (string)(await conversation.ExecuteScalarAsync())!;
        await using var message = Command(connection, Message);
        Add(
            message,
            Guid.CreateVersion7().ToString("N"),
            id,
            LineId,
            from,
            text,
            now,
            root.GetProperty("message_uuid").GetString()!,
            root.GetRawText()
        );
        await message.ExecuteNonQueryAsync();
        await using var standing = Command(connection, Standing);
        Add(standing, from, now);
        await standing.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    public void Dispose() => _database.Dispose();

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue("@p" + i, values[i]);
        }
    }
}
