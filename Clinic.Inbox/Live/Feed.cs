using System.Text.Json.Serialization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Live;

/// <summary>
/// From a committed change to every screen. What is published carries all that a list or thread shows, so that no
/// screen asks the database because of it.
/// </summary>
public sealed partial class Feed(ILogger<Feed> log)
{
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];

    /// <summary>
    /// Calls <paramref name="handler"/> for every change until the result is disposed. The handler runs on the writer's
    /// thread: it notes what happened and returns; it never waits.
    /// </summary>
    public IDisposable Subscribe(Action<InboxEvent> handler) =>
        SubscribeToCommits(changes =>
        {
            foreach (var change in changes)
            {
                handler(change);
            }
        });

    /// <summary>As <see cref="Subscribe"/>, but what one commit changed comes together, in its order.</summary>
    public IDisposable SubscribeToCommits(Action<IReadOnlyList<InboxEvent>> handler) =>
        Add(new Subscription(this, handler, ownOnly: false));

    /// <summary>As <see cref="SubscribeToCommits"/>, but only what this node committed: for what must happen once, not on each.</summary>
    public IDisposable SubscribeToOwn(Action<IReadOnlyList<InboxEvent>> handler) =>
        Add(new Subscription(this, handler, ownOnly: true));

    private Subscription Add(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }
        return subscription;
    }

    /// <summary>Tells every subscriber; one that throws is logged and does not keep it from the others.</summary>
    public void Publish(InboxEvent change) => Publish([change]);

    /// <summary>Tells every subscriber what one commit changed.</summary>
    public void Publish(IReadOnlyList<InboxEvent> changes) => Tell(changes, own: true);

    /// <summary>Tells what another node committed.</summary>
    internal void PublishOfOthers(IReadOnlyList<InboxEvent> changes) => Tell(changes, own: false);

    private void Tell(IReadOnlyList<InboxEvent> changes, bool own)
    {
        if (changes.Count == 0)
        {
            return;
        }
        foreach (var subscription in _subscriptions)
        {
            if (subscription.OwnOnly && !own)
            {
                continue;
            }
            try
            {
                subscription.Handler(changes);
            }
            catch (Exception failure)
            {
                LogFailed(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A screen could not take a change")]
    private partial void LogFailed(Exception failure);

    private sealed class Subscription(
        Feed feed,
        Action<IReadOnlyList<InboxEvent>> handler,
        bool ownOnly
    ) : IDisposable
    {
        public bool OwnOnly { get; } = ownOnly;

        public Action<IReadOnlyList<InboxEvent>> Handler { get; } = handler;

        public void Dispose()
        {
            lock (feed._gate)
            {
                feed._subscriptions = [.. feed._subscriptions.Where(s => s != this)];
            }
        }
    }
}

/// <summary>Something that happened, after its commit.</summary>
/// <remarks>What has a name here goes between nodes as it is; the others go as <see cref="FeedMark"/>s.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(ConversationDeleted), "deleted")]
[JsonDerivedType(typeof(ClientChanged), "client")]
[JsonDerivedType(typeof(ScheduleChanged), "schedule")]
[JsonDerivedType(typeof(RemindersChanged), "reminders")]
[JsonDerivedType(typeof(ReminderTextsChanged), "reminderTexts")]
[JsonDerivedType(typeof(DocumentsChanged), "documents")]
[JsonDerivedType(typeof(LineChanged), "line")]
[JsonDerivedType(typeof(ClinicChanged), "clinic")]
[JsonDerivedType(typeof(AfterHoursChanged), "afterHours")]
[JsonDerivedType(typeof(AccessChanged), "access")]
[JsonDerivedType(typeof(SessionsEnded), "sessions")]
[JsonDerivedType(typeof(CatchUp), "catchUp")]
public abstract record InboxEvent
{
    /// <summary>A conversation is new or changed.</summary>
    /// <param name="Row">The list row as it is now.</param>
    /// <param name="Flash">A client's text arrived: the red light flashes.</param>
    public sealed record ConversationChanged(ConversationRow Row, bool Flash) : InboxEvent;

    public sealed record ConversationDeleted(Id<Conversation> Id) : InboxEvent;

    /// <summary>A message is new or changed (state, attachment).</summary>
    public sealed record MessageChanged(Id<Conversation> ConversationId, MessageView Message)
        : InboxEvent;

    /// <summary>Unread texts in all open conversations.</summary>
    public sealed record CountChanged(int Unread) : InboxEvent;

    /// <summary>A client, a patient, a consent, an opt-out: whoever shows this client loads anew.</summary>
    public sealed record ClientChanged(Id<Client>? ClientId, PhoneNumber? Number) : InboxEvent;

    /// <summary>
    /// A visit between these instants is new, changed or gone: whoever shows a day they touch loads anew. A visit that
    /// moved tells of both its times.
    /// </summary>
    public sealed record ScheduleChanged(DateTimeOffset From, DateTimeOffset To) : InboxEvent;

    /// <summary>Reminders of a client (null: of many) are planned, sent or settled.</summary>
    public sealed record RemindersChanged(Id<Client>? ClientId) : InboxEvent;

    /// <summary>
    /// A reminder's text went a step further on its way: taken, sent, delivered, failed. Unlike
    /// <see cref="RemindersChanged"/> it asks for no planning. Null: a text to a number that is no client's.
    /// </summary>
    public sealed record ReminderTextsChanged(Id<Client>? ClientId) : InboxEvent;

    /// <summary>A document of a client was sent, opened, answered, withdrawn or extended.</summary>
    public sealed record DocumentsChanged(Id<Client> ClientId) : InboxEvent;

    /// <summary>A line was switched, paused or resumed.</summary>
    public sealed record LineChanged : InboxEvent;

    /// <summary>The clinic has another name, zone or country.</summary>
    public sealed record ClinicChanged : InboxEvent;

    /// <summary>What happens while the clinic is closed was chosen anew.</summary>
    public sealed record AfterHoursChanged : InboxEvent;

    /// <summary>A key was revoked: what it holds open ends.</summary>
    public sealed record AccessChanged : InboxEvent;

    /// <summary>Sessions of a user ended: what they hold open ends.</summary>
    public sealed record SessionsEnded(string UserId) : InboxEvent;

    /// <summary>Something that another node did may have been missed: whoever shows something loads it anew.</summary>
    public sealed record CatchUp : InboxEvent;
}
