using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>Reminders with texts in whatever state a test needs.</summary>
internal sealed class Texts(InboxApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="become">What became of the text; untouched it waits, on a paused line of its own.</param>
    public async Task<Id<PlannedReminder>> SentAsync(
        PlannedReminder reminder,
        Client client,
        Action<Message> become
    )
    {
        await using var db = app.Db();
        var now = app.Clock.GetUtcNow();
        var line = await PausedLineAsync(db, now);
        var message = new Message(
            Id<Message>.New(now),
            line,
            client.Mobile!.Value,
            MessageKind.Reminder,
            Purpose.Transactional,
            "Bella is due for a check-up.",
            reminder.DueAt
        )
        {
            ClientId = client.Id,
        };
        become(message);
        reminder.LeaveWith(message.Id, reminder.DueAt);
        db.Messages.Add(message);
        db.PlannedReminders.Add(reminder);
        await db.SaveChangesAsync(Ct);
        return reminder.Id;
    }

    /// <summary>Newer than the line that reminders leave by, and paused: what is queued on it stays.</summary>
    private static async Task<Id<Line>> PausedLineAsync(InboxDb db, DateTimeOffset now)
    {
        var number = PhoneNumber.FromStored("+13125550199");
        if (await db.Lines.FirstOrDefaultAsync(l => l.Number == number, Ct) is { } known)
        {
            return known.Id;
        }
        var line = new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.Off, now);
        line.Pause("Test");
        db.Lines.Add(line);
        await db.SaveChangesAsync(Ct);
        return line.Id;
    }
}

/// <summary>A client's agreement to be reminded.</summary>
internal sealed class ConsentOf(InboxApp app)
{
    public async Task GrantAsync(Client client)
    {
        await using var db = app.Db();
        var now = app.Clock.GetUtcNow();
        db.ConsentRecords.Add(
            new ConsentRecord(
                Id<ConsentRecord>.New(now),
                client.Id,
                ConsentCategory.Transactional,
                ConsentAction.Granted,
                ConsentMethod.Phone,
                "May we text you?",
                now,
                "Maya Chen",
                now
            )
        );
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
