using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AfterHours;

/// <summary>
/// The second guard against two machines that answer each other, for those whose wording nobody knows
/// (<see cref="AutoReplies"/> is the first): a number gets few automatic answers a day, and none to what it keeps repeating.
/// </summary>
internal static class LoopGuard
{
    /// <summary>Automatic answers to one number within <see cref="Day"/>: a clinic with a break closes twice a day.</summary>
    public const int MostAnswers = 3;

    /// <summary>The same words for the third time within <see cref="Day"/> are a machine's.</summary>
    public const int TimesRepeated = 3;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    public static async Task<bool> LetsPassAsync(WriteSession session, StoredText text)
    {
        var db = session.Db;
        var since = session.Now - Day;
        var answers = await db
            .Conversations.Where(c => c.LineId == text.Row.LineId && c.Number == text.From)
            .Join(db.AutoResponses, c => c.Id, a => a.ConversationId, (_, a) => a.At)
            .CountAsync(at => at > since);
        if (answers >= MostAnswers)
        {
            return false;
        }
        var same = await db.Messages.CountAsync(m =>
            m.ConversationId == text.Row.Id
            && m.At > since
            && m.Direction == MessageDirection.Inbound
            && m.Text == text.Text
        );
        return same < TimesRepeated;
    }
}
