using System.Text;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>What goes between nodes, and how a loss is seen.</summary>
public sealed class NodeMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 3, 12, 0, 0, TimeSpan.Zero);

    private static readonly PhoneNumber Number = PhoneNumber.FromStored("+14155550134");

    [Fact]
    public void Every_event_comes_out_as_it_went_in()
    {
        var marks = Events.Select(FeedMark.Of).ToList();

        var read = NodeMessage.Read(new NodeMessage("a", 7, marks, Wake: true).Write());

        Assert.Equal(marks, read.Marks);
        Assert.Equal(("a", 7L, true, false), (read.Node, read.Sequence, read.Wake, read.Bye));
        // Whoever adds an event finds out here that the other nodes must understand it.
        Assert.Equal(
            typeof(InboxEvent)
                .GetNestedTypes()
                .Where(t => t.IsSubclassOf(typeof(InboxEvent)))
                .OrderBy(t => t.Name, StringComparer.Ordinal),
            Events.Select(e => e.GetType()).OrderBy(t => t.Name, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void No_word_and_no_number_of_a_text_goes_through_redis()
    {
        var texts = Events.Where(e =>
            e is InboxEvent.ConversationChanged or InboxEvent.MessageChanged
        );

        var sent = Encoding.UTF8.GetString(
            new NodeMessage("a", 1, [.. texts.Select(FeedMark.Of)]).Write()
        );

        Assert.DoesNotContain("secret", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("4155550134", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_missing_shows_that_something_was_lost()
    {
        var heard = new HeardNodes("me");
        Assert.False(heard.Missed(Tells("a", 1), 0));
        Assert.False(heard.Missed(Tells("a", 2), 1));
        Assert.False(heard.Missed(LifeSign("a", 2), 2));

        Assert.True(heard.Missed(Tells("a", 4), 3));
        Assert.False(heard.Missed(Tells("a", 5), 4));
        // The last thing it told was lost: its sign of life says so.
        Assert.True(heard.Missed(LifeSign("a", 6), 5));
        Assert.False(heard.Missed(LifeSign("a", 6), 6));
    }

    [Fact]
    public void A_node_that_is_new_has_told_nothing_and_one_heard_first_in_the_middle_has()
    {
        var heard = new HeardNodes("me");

        Assert.False(heard.Missed(LifeSign("new", 0), 0));
        Assert.False(heard.Missed(Tells("newer", 1), 0));
        Assert.True(heard.Missed(Tells("old", 9), 0));
        Assert.Equal(3, heard.Others);
        // What it says itself it has seen.
        Assert.False(heard.Missed(Tells("me", 9), 0));
        Assert.Equal(3, heard.Others);
    }

    [Fact]
    public void A_node_that_falls_silent_may_have_committed_what_it_could_not_tell_but_not_one_that_stops()
    {
        var heard = new HeardNodes("me");
        var late = (long)HeardNodes.Patience.TotalMilliseconds + 1;
        heard.Missed(LifeSign("killed", 0), 0);
        heard.Missed(LifeSign("stopped", 0), 0);
        Assert.False(heard.Missed(new NodeMessage("stopped", 0, Bye: true), 1));
        Assert.Equal(1, heard.Others);

        Assert.True(heard.Missed(LifeSign("me", 0), late));
        Assert.Equal(0, heard.Others);
        Assert.False(heard.Missed(LifeSign("me", 0), late + 1));
    }

    private static NodeMessage Tells(string node, long sequence) =>
        new(node, sequence, [], Wake: true);

    private static NodeMessage LifeSign(string node, long sequence) => new(node, sequence);

    private static IReadOnlyList<InboxEvent> Events { get; } =
    [
        new InboxEvent.ConversationChanged(
            new ConversationRow(
                Id<Conversation>.New(Now),
                Id<Inbox.AddOns.Line>.New(Now),
                Number,
                Id<Client>.New(Now),
                "Ana secret",
                ConversationState.Open,
                1,
                Now,
                "secret",
                LastWasOurs: false,
                AwaitsOptOutDecision: false
            ),
            Flash: true
        ),
        new InboxEvent.MessageChanged(
            Id<Conversation>.New(Now),
            new MessageView(
                Id<Message>.New(Now),
                MessageDirection.Inbound,
                MessageKind.Conversation,
                "secret",
                Suffix: null,
                Now,
                SentAt: null,
                DeliveredAt: null,
                MessageState.Received,
                1,
                ErrorCode: null,
                Error: null,
                "",
                Keyword: null,
                []
            )
        ),
        new InboxEvent.ConversationDeleted(Id<Conversation>.New(Now)),
        new InboxEvent.CountChanged(3),
        new InboxEvent.ClientChanged(Id<Client>.New(Now), Number),
        new InboxEvent.ScheduleChanged(Now, Now.AddHours(1)),
        new InboxEvent.RemindersChanged(Id<Client>.New(Now)),
        new InboxEvent.ReminderTextsChanged(ClientId: null),
        new InboxEvent.DocumentsChanged(Id<Client>.New(Now)),
        new InboxEvent.LineChanged(),
        new InboxEvent.ClinicChanged(),
        new InboxEvent.AfterHoursChanged(),
        new InboxEvent.AccessChanged(),
        new InboxEvent.SessionsEnded("somebody"),
        new InboxEvent.CatchUp(),
    ];
}
