using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

public sealed class InboxThreadTests
{
    [Fact]
    public void A_text_that_was_sent_earlier_but_came_later_stands_where_it_belongs()
    {
        var thread = new InboxThread(
            Some.Opened(messages: [Some.Theirs("one", 1), Some.Theirs("three", 3)])
        );

        var isNew = thread.Take(Some.Theirs("two", 2));

        Assert.True(isNew);
        Assert.Equal(["one", "two", "three"], thread.Messages.Select(m => m.Text));
    }

    [Fact]
    public void A_receipt_changes_the_text_in_its_place()
    {
        var sent = Some.Ours(state: MessageState.Sent);
        var thread = new InboxThread(Some.Opened(messages: [sent, Some.Theirs("Thanks", 2)]));

        var isNew = thread.Take(sent with { State = MessageState.Delivered });

        Assert.False(isNew);
        Assert.Equal(MessageState.Delivered, thread.Messages[0].State);
        Assert.Equal(2, thread.Messages.Count);
    }

    [Fact]
    public void What_is_older_than_the_first_page_is_not_shown_before_it()
    {
        var thread = new InboxThread(
            Some.Opened(hasOlder: true, messages: [Some.Theirs("new", 10)])
        );

        var isNew = thread.Take(Some.Theirs("old", 1));

        Assert.False(isNew);
        Assert.Equal("new", Assert.Single(thread.Messages).Text);
    }

    [Fact]
    public void Catching_up_keeps_the_older_texts_that_were_shown()
    {
        var old = Some.Theirs("old", 1);
        var middle = Some.Theirs("middle", 2);
        var thread = new InboxThread(Some.Opened(hasOlder: true, messages: [middle]));
        thread.Prepend([old], hasOlder: false);

        var caughtUp = thread.CaughtUp(
            Some.Opened(thread.Row, hasOlder: true, messages: [middle, Some.Theirs("missed", 3)])
        );

        Assert.Equal(["old", "middle", "missed"], caughtUp.Messages.Select(m => m.Text));
        Assert.False(caughtUp.HasOlder);
    }

    [Fact]
    public void The_composer_says_why_it_is_locked()
    {
        var optedOut = new GateDecision(Allowed: false, GateDecision.OptedOut, "Opted out.");
        var noConsent = new GateDecision(Allowed: false, GateDecision.NoConsent, "No consent.");

        Assert.Null(Lock(Some.Opened()));
        Assert.Equal(
            new ComposerLock("Opted out.", LockWayOut.None),
            Lock(Some.Opened(gate: optedOut))
        );
        Assert.Equal(
            new ComposerLock("No consent.", LockWayOut.RecordConsent),
            Lock(Some.Opened(gate: noConsent))
        );
        Assert.Equal(
            LockWayOut.None,
            Lock(Some.Opened(Some.Row(name: null), gate: noConsent))!.WayOut
        );
        Assert.Equal(
            LockWayOut.StartAgain,
            Lock(Some.Opened(Some.Row(state: ConversationState.Closed)))!.WayOut
        );
        Assert.Contains(
            "Two-way texting is off",
            Lock(Some.Opened(canConverse: false))!.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no credit",
            Lock(Some.Opened(paused: "no credit"))!.Reason,
            StringComparison.Ordinal
        );
    }

    private static ComposerLock? Lock(OpenedConversation opened) =>
        ComposerLock.Of(new InboxThread(opened));
}
