using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>What can come of something that staff do to a conversation.</summary>
public enum DeskResult
{
    Done,

    /// <summary>It is not there (any more).</summary>
    NotFound,

    /// <summary>It is closed; only an open conversation takes this.</summary>
    Closed,

    /// <summary>It is not in a state that allows this, for example a retry of a text that was delivered.</summary>
    NotNow,
}

/// <summary>What staff do in the inbox. The REST API and the pages both come here.</summary>
public sealed class ConversationDesk(InboxWriter writer, AttachmentStore store)
{
    /// <summary>
    /// The open conversation of line and number, made when there is none. The client is recognised by the number unless
    /// given.
    /// </summary>
    public Task<(ConversationRow Row, bool Created)> StartAsync(
        Id<Line> lineId,
        PhoneNumber number,
        Id<Client>? clientId,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var (conversation, created) = await OpenOrAddAsync(
                    session,
                    lineId,
                    number,
                    clientId
                );
                if (!created)
                {
                    return (ConversationRow.Of(conversation), false);
                }
                await session.Db.SaveChangesAsync();
                var row = ConversationRow.Of(conversation);
                session.Publish(new InboxEvent.ConversationChanged(row, Flash: false));
                return (row, true);
            },
            cancellation
        );

    /// <summary>The open conversation, or a new one that is added to the context: the caller saves and tells the screens.</summary>
    internal static async Task<(Conversation Conversation, bool Created)> OpenOrAddAsync(
        WriteSession session,
        Id<Line> lineId,
        PhoneNumber number,
        Id<Client>? clientId
    )
    {
        var db = session.Db;
        if (await OpenAsync(db, lineId, number) is { } open)
        {
            return (open, false);
        }
        var conversation = new Conversation(
            Id<Conversation>.New(session.Now),
            lineId,
            number,
            session.Now
        );
        var owners = clientId is { } chosen
            ? await db.Clients.Where(c => c.Id == chosen).ToListAsync()
            : await db
                .Clients.Where(c => c.Phones.Any(p => p.Number == number))
                .Take(2)
                .ToListAsync();
        if (owners is [var owner])
        {
            conversation.AssignTo(owner);
        }
        db.Conversations.Add(conversation);
        return (conversation, true);
    }

    /// <summary>
    /// Queues staff's text. A closed conversation is not reopened: the result is null when it is not there or closed.
    /// </summary>
    public Task<EnqueueResult?> SendAsync(
        Id<Conversation> id,
        string text,
        IReadOnlyList<StoredFile> files,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<EnqueueResult?>(
            async session =>
            {
                if (await FindAsync(session, id) is not { IsOpen: true } conversation)
                {
                    return null;
                }
                if (!files.All(file => store.Renew(file.Id)))
                {
                    return new EnqueueResult.Refused(
                        "fileGone",
                        "The attached file was not sent for a day and is gone. Attach it again."
                    );
                }
                var line = await session.Db.Lines.SingleAsync(l => l.Id == conversation.LineId);
                var draft = new Draft(
                    line,
                    conversation.Number,
                    MessageKind.Conversation,
                    Purpose.Conversation,
                    text
                )
                {
                    Conversation = conversation,
                    ClientId = conversation.ClientId,
                    By = actor.Name,
                    Files = files,
                };
                var result = await Outbox.EnqueueAsync(session, draft, CancellationToken.None);
                if (result is EnqueueResult.Queued queued)
                {
                    session.Note(
                        actor,
                        "message.sent",
                        queued.Message.Id.ToString(),
                        id.ToString()
                    );
                    await session.Db.SaveChangesAsync();
                }
                return result;
            },
            cancellation
        );

    public Task<DeskResult> MarkReadAsync(Id<Conversation> id, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            (_, conversation) =>
            {
                if (conversation.Unread == 0)
                {
                    return Task.FromResult(DeskResult.NotNow);
                }
                conversation.MarkRead();
                return Task.FromResult(DeskResult.Done);
            },
            // Reading what is read changes nothing and is no error.
            nothingToDo: DeskResult.Done,
            cancellation
        );

    public Task<DeskResult> MarkUnreadAsync(Id<Conversation> id, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            (_, conversation) =>
            {
                if (!conversation.IsOpen)
                {
                    return Task.FromResult(DeskResult.Closed);
                }
                conversation.MarkUnread();
                return Task.FromResult(DeskResult.Done);
            },
            DeskResult.NotNow,
            cancellation
        );

    /// <summary>Takes it out of the inbox; it stays in the client's Communications.</summary>
    public Task<DeskResult> CloseAsync(
        Id<Conversation> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            (session, conversation) =>
            {
                if (!conversation.IsOpen)
                {
                    return Task.FromResult(DeskResult.Closed);
                }
                conversation.Close(actor.Name, session.Now);
                session.Note(actor, "conversation.closed", id.ToString());
                return Task.FromResult(DeskResult.Done);
            },
            DeskResult.NotNow,
            cancellation
        );

    /// <summary>
    /// Makes it the conversation of a client, and offers the number to the client's profile as a mobile when
    /// <paramref name="addNumber"/> says so.
    /// </summary>
    public Task<DeskResult> AssignAsync(
        Id<Conversation> id,
        Id<Client> clientId,
        bool addNumber,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            async (session, conversation) =>
            {
                var client = await session
                    .Db.Clients.Include(c => c.Phones)
                    .FirstOrDefaultAsync(c => c.Id == clientId);
                if (client is null)
                {
                    return DeskResult.NotFound;
                }
                conversation.AssignTo(client);
                if (addNumber)
                {
                    client.AddPhone(conversation.Number, PhoneType.Mobile);
                }
                session.Note(actor, "conversation.assigned", id.ToString(), clientId.ToString());
                session.Publish(new InboxEvent.ClientChanged(clientId, conversation.Number));
                return DeskResult.Done;
            },
            DeskResult.NotNow,
            cancellation
        );

    /// <summary>Makes it nobody's conversation again, for example after it was given to the wrong client.</summary>
    public Task<DeskResult> UnassignAsync(
        Id<Conversation> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            (session, conversation) =>
            {
                if (conversation.ClientId is not { } clientId)
                {
                    return Task.FromResult(DeskResult.NotNow);
                }
                conversation.Unassign();
                session.Note(actor, "conversation.unassigned", id.ToString(), clientId.ToString());
                session.Publish(new InboxEvent.ClientChanged(clientId, conversation.Number));
                return Task.FromResult(DeskResult.Done);
            },
            nothingToDo: DeskResult.Done,
            cancellation
        );

    /// <summary>
    /// Staff say whether a text was meant as an opt-out. Yes stops everything (and confirms once); no lets the exchange
    /// go on.
    /// </summary>
    public Task<DeskResult> DecideOptOutAsync(
        Id<Conversation> id,
        bool optOut,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            async (session, conversation) =>
            {
                if (!conversation.AwaitsOptOutDecision)
                {
                    return DeskResult.NotNow;
                }
                conversation.SettleOptOutQuestion();
                // What was held back meanwhile goes on, or fails.
                session.WakeOutbox();
                session.Note(actor, optOut ? "optout.recorded" : "optout.dismissed", id.ToString());
                if (optOut)
                {
                    var line = await session.Db.Lines.SingleAsync(l => l.Id == conversation.LineId);
                    await OptOuts.OptOutAsync(
                        session,
                        conversation.Number,
                        OptOutSource.Staff,
                        actor.Name,
                        session.Now,
                        (line, conversation),
                        CancellationToken.None
                    );
                }
                return DeskResult.Done;
            },
            DeskResult.NotNow,
            cancellation
        );

    /// <summary>Sends a failed or unconfirmed text again; the gate is asked again before it leaves.</summary>
    public Task<DeskResult> RetryAsync(
        Id<Message> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeMessageAsync(
            id,
            (session, message) =>
            {
                if (!message.CanRetry)
                {
                    return DeskResult.NotNow;
                }
                message.Retry(session.Now);
                session.Note(actor, "message.retried", id.ToString());
                session.WakeOutbox();
                return DeskResult.Done;
            },
            cancellation
        );

    /// <summary>Staff know that an unconfirmed text arrived.</summary>
    public Task<DeskResult> AssumeSentAsync(
        Id<Message> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeMessageAsync(
            id,
            (session, message) =>
            {
                if (message.State != MessageState.Unconfirmed)
                {
                    return DeskResult.NotNow;
                }
                message.AssumeSent(session.Now);
                session.Note(actor, "message.assumedSent", id.ToString());
                return DeskResult.Done;
            },
            cancellation
        );

    private Task<DeskResult> ChangeAsync(
        Id<Conversation> id,
        Func<WriteSession, Conversation, Task<DeskResult>> change,
        DeskResult nothingToDo,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (await FindAsync(session, id) is not { } conversation)
                {
                    return DeskResult.NotFound;
                }
                var result = await change(session, conversation);
                if (result != DeskResult.Done)
                {
                    return result == DeskResult.NotNow ? nothingToDo : result;
                }
                await session.Db.SaveChangesAsync();
                session.Publish(
                    new InboxEvent.ConversationChanged(
                        ConversationRow.Of(conversation),
                        Flash: false
                    )
                );
                return DeskResult.Done;
            },
            cancellation
        );

    private Task<DeskResult> ChangeMessageAsync(
        Id<Message> id,
        Func<WriteSession, Message, DeskResult> change,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                await session.LockAsync("Messages", "Id", id.ToString());
                var message = await session
                    .Db.Messages.Include(m => m.Attachments)
                    .FirstOrDefaultAsync(m => m.Id == id);
                var result = message is null ? DeskResult.NotFound : change(session, message);
                if (result == DeskResult.Done)
                {
                    await session.Db.SaveChangesAsync();
                    session.PublishMessage(message!);
                }
                return result;
            },
            cancellation
        );

    private static async Task<Conversation?> FindAsync(WriteSession session, Id<Conversation> id)
    {
        await session.LockAsync("Conversations", "Id", id.ToString());
        return await session.Db.Conversations.FirstOrDefaultAsync(c => c.Id == id);
    }

    private static Task<Conversation?> OpenAsync(InboxDb db, Id<Line> lineId, PhoneNumber number) =>
        db.Conversations.FirstOrDefaultAsync(c =>
            c.LineId == lineId && c.Number == number && c.State == ConversationState.Open
        );
}
