using System.Text.Json;
using System.Threading.Channels;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// The reference: a loop that writes the same three rows a text (conversation, message, standing) with prepared statements
/// into the same tables, whatever waits in one durable transaction. No signature, no duplicates, no rules.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const string LineId = "00000000000000000000000000000001";

    private readonly Channel<Item> _waiting = Channel.CreateUnbounded<Item>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly SqliteConnection _db;
    private readonly Task _loop;

    private BareLoop(SqliteConnection db)
    {
        _db = db;
        _loop = Task.Run(WriteAsync);
    }

    public static async Task<BareLoop> OpenAsync(string file)
    {
        var connectionString = $"Data Source={file}";
        var options = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(options, connectionString);
        await using (var context = new SqliteInboxDb(options.Options))
        {
            await context.Database.MigrateAsync();
            await context.Database.ExecuteSqlRawAsync(
                "INSERT INTO \"Lines\" (\"Id\", \"Number\", \"Type\", \"AddOn\", \"CarrierConfirmsOptOut\", \"MessagesPerSecond\", \"CreatedAt\") "
                    + $"VALUES ('{LineId}', '+{InboundBody.Line}', 'LongCode', 'TwoWay', 0, 10, 0)"
            );
        }
        var db = new SqliteConnection(connectionString);
        await db.OpenAsync();
        SqlitePragmas.Apply(db);
        return new BareLoop(db);
    }

    public async Task HandleAsync(HttpContext context)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var root = json.RootElement;
        var item = new Item(
            root.GetProperty("message_uuid").GetString()!,
            root.GetProperty("from").GetString()!,
            root.GetProperty("text").GetString()!,
            root.GetRawText()
        );
        _waiting.Writer.TryWrite(item);
        await item.Done.Task;
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    public void Dispose()
    {
        _waiting.Writer.Complete();
        _loop.GetAwaiter().GetResult();
        _db.Dispose();
    }

    private async Task WriteAsync()
    {
        using var conversation = Command(
            """
            INSERT INTO "Conversations" ("Id", "LineId", "Number", "State", "Unread", "CreatedAt", "LastMessageAt", "Preview",
              "LastWasOurs", "AwaitsOptOutDecision") VALUES (@p0, @p1, @p2, 'Open', 1, @p3, @p3, @p4, 0, 0)
            ON CONFLICT ("LineId", "Number") WHERE "State" = 'Open' DO UPDATE SET "Unread" = "Unread" + 1,
              "Preview" = excluded."Preview", "LastMessageAt" = excluded."LastMessageAt" RETURNING "Id"
            """,
            5
        );
        using var message = Command(
            """
            INSERT INTO "Messages" ("Id", "ConversationId", "LineId", "Number", "Direction", "Kind", "Purpose", "Category", "Basis", "AsksToConfirm", "Text", "State",
              "Segments", "At", "CarrierId", "Priority", "DueAt", "By", "RawBody")
            VALUES (@p0, @p1, @p2, @p3, 'Inbound', 'Conversation', 'Conversation', 'Transactional', '', 0, @p4, 'Received', 1, @p5, @p6, 0, @p5, '', @p7)
            """,
            8
        );
        using var standing = Command(
            "INSERT INTO \"NumberStandings\" (\"Number\", \"TextedUsAt\") VALUES (@p0, @p1) "
                + "ON CONFLICT (\"Number\") DO UPDATE SET \"TextedUsAt\" = excluded.\"TextedUsAt\"",
            2
        );
        var batch = new List<Item>(256);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < 256 && _waiting.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }
            using (var transaction = _db.BeginTransaction())
            {
                conversation.Transaction = message.Transaction = standing.Transaction = transaction;
                foreach (var item in batch)
                {
                    var now = Micros.Of(DateTimeOffset.UtcNow);
                    Set(
                        conversation,
                        Guid.CreateVersion7().ToString("N"),
                        LineId,
                        "+" + item.From,
                        now,
                        item.Text
                    );
                    var id = (string)conversation.ExecuteScalar()!;
                    Set(
                        message,
                        Guid.CreateVersion7().ToString("N"),
                        id,
                        LineId,
                        "+" + item.From,
                        item.Text,
                        now,
                        item.Uuid,
                        item.Raw
                    );
                    message.ExecuteNonQuery();
                    Set(standing, "+" + item.From, now);
                    standing.ExecuteNonQuery();
                }
                transaction.Commit();
            }
            batch.ForEach(item => item.Done.TrySetResult());
            batch.Clear();
        }
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = _db.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "@p" + i });
        }
        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private sealed record Item(string Uuid, string From, string Text, string Raw)
    {
        public TaskCompletionSource Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
