using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Many texts into the outbox in one transaction, as a job puts them there.</summary>
internal static class QueuedTexts
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Reminders to this phone.</summary>
    public static Task QueueAsync(this Scene phone, int count) =>
        QueueAsync(
            phone.App,
            count,
            i => new Draft(
                phone.Line,
                phone.Number,
                MessageKind.Reminder,
                Purpose.Transactional,
                $"Text {i}"
            )
        );

    /// <summary>Texts to as many phones that wrote first, and so may be answered, spread over the lines. Returns their ids.</summary>
    public static Task<IReadOnlyList<Id<Message>>> QueueAsync(
        this Walk walk,
        IReadOnlyList<Scene> lines,
        int count
    ) =>
        QueueAsync(
            walk.App,
            count,
            i => new Draft(
                lines[i % lines.Count].Line,
                Walk.NewNumber(),
                MessageKind.System,
                Purpose.KeywordReply,
                $"Text {i}"
            )
        );

    private static Task<IReadOnlyList<Id<Message>>> QueueAsync(
        InboxApp app,
        int count,
        Func<int, Draft> draft
    ) =>
        app.Get<InboxWriter>()
            .RunAsync<IReadOnlyList<Id<Message>>>(
                async session =>
                {
                    var queued = new List<Id<Message>>(count);
                    for (var i = 0; i < count; i++)
                    {
                        var result = await Outbox.EnqueueAsync(session, draft(i), Cancellation);
                        queued.Add(Assert.IsType<EnqueueResult.Queued>(result).Message.Id);
                    }
                    return queued;
                },
                Cancellation
            );
}
