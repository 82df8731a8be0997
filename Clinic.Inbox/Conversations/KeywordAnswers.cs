using Clinic.Inbox.AddOns;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>The system's own answers to STOP, START and HELP.</summary>
public static class KeywordAnswers
{
    /// <summary>
    /// Most answers to keywords in one conversation and hour. Two machines that answer each other stop at it; no person
    /// reaches it. The confirmation of an opt-out is not counted: it is sent once anyway.
    /// </summary>
    public const int MostAnswersAnHour = 5;

    /// <summary>Answers HELP: who this is and how to stop.</summary>
    public static Task HelpAsync(
        WriteSession session,
        Line line,
        Conversation conversation,
        CancellationToken cancellation
    ) => AnswerAsync(session, line, conversation, TemplateKind.HelpReply, cancellation);

    /// <summary>Queues an answer, unless this conversation has had too many of the kind within the hour.</summary>
    internal static async Task AnswerAsync(
        WriteSession session,
        Line line,
        Conversation conversation,
        TemplateKind text,
        CancellationToken cancellation
    )
    {
        var hourAgo = session.Now.AddHours(-1);
        var answers = await session.Db.Messages.CountAsync(
            m =>
                m.ConversationId == conversation.Id
                && m.At > hourAgo
                && m.Kind == MessageKind.System,
            cancellation
        );
        if (answers < MostAnswersAnHour)
        {
            await QueueAsync(session, line, conversation, text, cancellation);
        }
    }

    /// <summary>Queues an answer that must be given.</summary>
    internal static async Task QueueAsync(
        WriteSession session,
        Line line,
        Conversation conversation,
        TemplateKind text,
        CancellationToken cancellation
    )
    {
        var draft = new Draft(
            line,
            conversation.Number,
            MessageKind.System,
            Purpose.KeywordReply,
            await SystemTexts.WriteAsync(session.Db, text, cancellation)
        )
        {
            Conversation = conversation,
        };
        await Outbox.EnqueueAsync(session, draft, cancellation);
    }
}
