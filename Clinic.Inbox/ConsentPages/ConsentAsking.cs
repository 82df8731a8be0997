using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.ConsentPages;

/// <summary>
/// Staff ask a client in a running conversation: the clinic's words and "Reply YES" go as a text of theirs, and a plain YES
/// within a day is consent by text. Marketing is not asked for this way: it wants writing.
/// </summary>
public sealed class ConsentAsking(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>What the client will read.</summary>
    public async Task<string> WordsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await WordsAsync(db, cancellation);
    }

    /// <summary>Null when it is on its way; else why not, in plain words.</summary>
    /// <param name="conversationId">An open one that belongs to a client.</param>
    public Task<string?> AskAsync(
        Id<Conversation> conversationId,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var db = session.Db;
                await session.LockAsync("Conversations", "Id", conversationId.ToString());
                var conversation = await db.Conversations.FirstOrDefaultAsync(c =>
                    c.Id == conversationId
                );
                if (conversation is not { IsOpen: true, ClientId: { } clientId })
                {
                    return "The conversation is closed, or belongs to no client yet.";
                }
                var now = session.Now;
                if (
                    await db.OptInRequests.AnyAsync(r =>
                        r.Number == conversation.Number
                        && r.AnsweredAt == null
                        && r.LapsedAt == null
                        && r.ExpiresAt > now
                    )
                )
                {
                    return "This number was asked within a day already. Wait for its YES.";
                }
                var words = await WordsAsync(db, CancellationToken.None);
                var draft = new Draft(
                    await db.Lines.SingleAsync(l => l.Id == conversation.LineId),
                    conversation.Number,
                    MessageKind.Conversation,
                    Purpose.Conversation,
                    words
                )
                {
                    Conversation = conversation,
                    ClientId = clientId,
                    By = by.Name,
                };
                var result = await Outbox.EnqueueAsync(session, draft, CancellationToken.None);
                if (result is EnqueueResult.Refused refused)
                {
                    return refused.Reason;
                }
                var request = OptInRequest.InConversation(
                    Id<OptInRequest>.New(now),
                    conversation.Number,
                    clientId,
                    conversation.ClientName ?? "",
                    words,
                    now
                );
                db.OptInRequests.Add(request);
                session.Note(by, "consent.askedByText", clientId.ToString());
                await db.SaveChangesAsync();
                return null;
            },
            cancellation
        );

    private static async Task<string> WordsAsync(InboxDb db, CancellationToken cancellation)
    {
        var clinic = await db.ClinicProfiles.Select(c => c.Name).SingleAsync(cancellation);
        var settings = await db.SettingAsync(
            ConsentSettings.Key,
            ConsentSettings.Default,
            cancellation
        );
        return $"{settings.Terms(ConsentCategory.Transactional, clinic)} Reply YES to agree.";
    }
}
