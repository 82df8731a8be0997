using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Keeping;

/// <summary>What a choice would delete now.</summary>
/// <param name="ClosedBefore">Conversations that were closed before are deleted.</param>
public sealed record RetentionOutlook(
    DateTimeOffset ClosedBefore,
    int Conversations,
    int Messages,
    int Files
);

/// <summary>How long closed conversations are kept: reading it, choosing it, and what it means.</summary>
public sealed class RetentionBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    public async Task<RetentionSettings> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(
            RetentionSettings.Key,
            RetentionSettings.Forever,
            cancellation
        );
    }

    /// <summary>Counts what <paramref name="months"/> would delete now.</summary>
    public async Task<RetentionOutlook> LookAsync(int months, CancellationToken cancellation)
    {
        var before = RetentionSettings.Before(months, clock.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = Due(db, before);
        var messages = due.SelectMany(c => db.Messages.Where(m => m.ConversationId == c.Id));
        return new RetentionOutlook(
            before,
            await due.CountAsync(cancellation),
            await messages.CountAsync(cancellation),
            await messages.SelectMany(m => m.Attachments).CountAsync(cancellation)
        );
    }

    /// <summary>
    /// Chooses. A shorter time, or the first one, deletes nothing for a day (<see cref="RetentionSettings.Grace"/>); a longer
    /// one holds at once.
    /// </summary>
    /// <param name="months">One of <see cref="RetentionSettings.Choices"/>; null: for good.</param>
    /// <returns>What holds now; null when it is none of the choices.</returns>
    public Task<RetentionSettings?> ChooseAsync(
        int? months,
        Actor by,
        CancellationToken cancellation
    ) =>
        months is { } some && !RetentionSettings.Choices.Contains(some)
            ? Task.FromResult<RetentionSettings?>(null)
            : writer.RunAsync<RetentionSettings?>(
                session => ChooseAsync(session, months, by),
                cancellation
            );

    private static async Task<RetentionSettings?> ChooseAsync(
        WriteSession session,
        int? months,
        Actor by
    )
    {
        var before = await session.Db.SettingAsync(
            RetentionSettings.Key,
            RetentionSettings.Forever,
            CancellationToken.None
        );
        if (before.Months == months)
        {
            return before;
        }
        var longer = months is null || months >= before.Months;
        var from = longer ? before.From : session.Now + RetentionSettings.Grace;
        var chosen = months is null
            ? RetentionSettings.Forever
            : new RetentionSettings(months, from ?? session.Now + RetentionSettings.Grace);
        await session.ChooseAsync(RetentionSettings.Key, chosen, CancellationToken.None);
        session.Note(
            by,
            "retention.changed",
            RetentionSettings.Key,
            $"{RetentionSettings.Words(before.Months)} to {RetentionSettings.Words(months)}"
        );
        await session.Db.SaveChangesAsync();
        return chosen;
    }

    /// <summary>Closed before; nothing was written in it since either, which is what the index finds them by.</summary>
    internal static IQueryable<Conversation> Due(InboxDb db, DateTimeOffset before) =>
        db.Conversations.Where(c =>
            c.State == ConversationState.Closed && c.LastMessageAt < before && c.ClosedAt < before
        );
}
