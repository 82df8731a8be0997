using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;

namespace Clinic.Inbox.Conversations;

/// <summary>Does what a keyword in a client's text asks, in the transaction that stores the text.</summary>
internal static class KeywordObedience
{
    /// <param name="at">When the client said it.</param>
    public static async Task ObeyAsync(
        WriteSession session,
        ConversationRow row,
        PhoneNumber from,
        KeywordMatch keyword,
        DateTimeOffset at
    )
    {
        if (keyword.Class is not (KeywordClass.OptOut or KeywordClass.OptIn or KeywordClass.Help))
        {
            return;
        }
        var line = (await session.Db.Lines.FindAsync(row.LineId))!;
        var conversation = (await session.Db.Conversations.FindAsync(row.Id))!;
        if (conversation.AwaitsOptOutDecision && keyword.Class != KeywordClass.Help)
        {
            // Now the client has said it plainly.
            conversation.SettleOptOutQuestion();
            await session.Db.SaveChangesAsync();
            session.Publish(
                new InboxEvent.ConversationChanged(ConversationRow.Of(conversation), Flash: false)
            );
            session.WakeOutbox();
        }
        await (
            keyword.Class switch
            {
                KeywordClass.OptOut => OptOuts.OptOutAsync(
                    session,
                    from,
                    OptOutSource.Keyword,
                    row.ClientName ?? from.Value,
                    at,
                    (line, conversation),
                    CancellationToken.None
                ),
                KeywordClass.OptIn => OptOuts.OptInAsync(
                    session,
                    from,
                    at,
                    line,
                    conversation,
                    CancellationToken.None
                ),
                _ => KeywordAnswers.HelpAsync(session, line, conversation, CancellationToken.None),
            }
        );
    }

    /// <summary>What the thread says of the text.</summary>
    public static MessageKeyword? KeywordOf(KeywordMatch match) =>
        match.Class switch
        {
            KeywordClass.OptOut => match.IsBareCancel
                ? MessageKeyword.OptOutByCancel
                : MessageKeyword.OptOut,
            KeywordClass.PossibleOptOut => match.IsWrongNumber
                ? MessageKeyword.WrongNumber
                : MessageKeyword.PossibleOptOut,
            KeywordClass.OptIn => MessageKeyword.OptIn,
            KeywordClass.Help => MessageKeyword.Help,
            KeywordClass.Confirm => MessageKeyword.Confirm,
            _ => match.MentionsCancelling ? MessageKeyword.MentionsCancelling : null,
        };
}
