using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>What a conversation learns from a client's text besides its words: which reminders it answers, and whose it is.</summary>
internal static class FirstLook
{
    /// <summary>How long after a reminder a text is taken as its answer.</summary>
    private static readonly TimeSpan ReminderAnswered = TimeSpan.FromDays(30);

    /// <summary>Reminders this close together are answered together.</summary>
    private static readonly TimeSpan RemindersTogether = TimeSpan.FromDays(3);

    /// <summary>
    /// A reply to a reminder starts (or goes on with) a conversation that shows it: the last reminder of the past 30 days,
    /// and those that went out within three days before it (two patients, two reminders). One that has not left is not
    /// what is answered.
    /// </summary>
    public static async Task TakeRemindersAsync(WriteSession session, ConversationRow row)
    {
        var answered = new List<Id<Message>>();
        await using (
            var reader = await session
                .Sql(
                    """
                    UPDATE "Messages" SET "ConversationId" = @p0
                    WHERE "Number" = @p1 AND "LineId" = @p2 AND "ConversationId" IS NULL AND "State" NOT IN ('Queued', 'Failed')
                      AND "At" >= @p4 AND "At" >= (
                        SELECT MAX("At") FROM "Messages" WHERE "Number" = @p1 AND "LineId" = @p2 AND "ConversationId" IS NULL
                          AND "State" NOT IN ('Queued', 'Failed')
                      ) - @p3
                    RETURNING "Id"
                    """,
                    row.Id.ToString(),
                    row.Number.Value,
                    row.LineId.ToString(),
                    (long)RemindersTogether.TotalMicroseconds,
                    Micros.Of(session.Now - ReminderAnswered)
                )
                .ExecuteReaderAsync()
        )
        {
            while (await reader.ReadAsync())
            {
                answered.Add(Id<Message>.Parse(reader.GetString(0)));
            }
        }
        if (answered.Count == 0)
        {
            return;
        }
        // A screen that shows the thread already has never heard of the reminders that came into it.
        var reminders = await session
            .Db.Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => answered.Contains(m.Id))
            .ToListAsync();
        reminders.ForEach(session.PublishMessage);
    }

    /// <summary>A new conversation is the client's who has the number, when exactly one has; else the panel offers them.</summary>
    public static async Task<ConversationRow> RecogniseAsync(
        WriteSession session,
        ConversationRow row
    )
    {
        var owners = new List<(string Id, string Name)>(2);
        var find = session.Sql(
            "SELECT c.\"Id\", c.\"FirstName\", c.\"LastName\" FROM \"ClientPhones\" p JOIN \"Clients\" c ON c.\"Id\" = p.\"ClientId\" "
                + "WHERE p.\"Number\" = @p0 LIMIT 2",
            row.Number.Value
        );
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                owners.Add(
                    (reader.GetString(0), $"{reader.GetString(1)} {reader.GetString(2)}".Trim())
                );
            }
        }
        if (owners is not [var owner])
        {
            return row;
        }
        await session
            .Sql(
                "UPDATE \"Conversations\" SET \"ClientId\" = @p1, \"ClientName\" = @p2 WHERE \"Id\" = @p0",
                row.Id.ToString(),
                owner.Id,
                owner.Name
            )
            .ExecuteNonQueryAsync();
        return row with { ClientId = Id<Client>.Parse(owner.Id), ClientName = owner.Name };
    }
}
