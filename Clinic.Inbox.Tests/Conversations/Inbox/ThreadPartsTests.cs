using Bunit;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Reminders;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

public sealed class ThreadPartsTests : InboxParts
{
    [Fact]
    public void A_row_names_the_client_and_counts_what_is_unread()
    {
        var row = Render<ConversationItem>(p =>
            p.Add(r => r.Row, Some.Row("Ana Ruiz", unread: 3, preview: "Is Bella ready?"))
        );

        Assert.Equal("Ana Ruiz", row.Find(".conv-name").TextContent);
        Assert.Equal("3", row.Find(".badge-red").TextContent);
        Assert.Contains("3 unread texts", row.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("You:", row.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_nobody_shows_the_number_and_whose_the_last_text_was()
    {
        var row = Render<ConversationItem>(p =>
            p.Add(r => r.Row, Some.Row(name: null, ours: true, asks: true))
        );

        Assert.Equal("(415) 555-0134", row.Find(".conv-name").TextContent);
        Assert.Contains("You:", row.Find(".conv-preview").TextContent, StringComparison.Ordinal);
        Assert.Equal("Opt-out?", row.Find(".chip-warn").TextContent);
        Assert.Empty(row.FindAll(".badge-red"));
    }

    [Fact]
    public void What_was_found_is_marked_and_stays_text()
    {
        var closed = Some.Row("Ana Ruiz", state: ConversationState.Closed);
        var row = Render<ConversationItem>(p =>
            p.Add(r => r.Row, closed)
                .Add(r => r.Hit, Some.Hit(closed, "<script>Bella & <b>co</b></script>"))
        );

        Assert.Equal("<script>Bella & <b>co</b></script>", row.Find(".conv-preview").TextContent);
        Assert.Equal("Bella", row.Find(".conv-preview mark").TextContent);
        Assert.Empty(row.FindAll("script, b"));
        Assert.Equal("Closed", row.Find(".chip").TextContent);
        Assert.Contains("?text=", row.Find("a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_wrote_is_text_and_never_markup()
    {
        var bubble = Render<MessageBubble>(p =>
            p.Add(m => m.Message, Some.Theirs("<img src=x onerror=alert(1)>"))
        );

        Assert.Equal("<img src=x onerror=alert(1)>", bubble.Find(".bubble p").TextContent);
        Assert.Empty(bubble.FindAll("img"));
    }

    [Theory]
    [InlineData(MessageState.Queued, "Waiting to be sent")]
    [InlineData(MessageState.Sending, "Sending")]
    [InlineData(MessageState.Sent, "Sent")]
    [InlineData(MessageState.Delivered, "Delivered")]
    [InlineData(MessageState.Failed, "Not delivered")]
    [InlineData(MessageState.Unconfirmed, "Unconfirmed")]
    public void The_state_of_our_text_is_said_in_words(MessageState state, string words)
    {
        var bubble = Render<MessageBubble>(p => p.Add(m => m.Message, Some.Ours(state: state)));

        Assert.StartsWith(
            words,
            bubble.Find(".delivery > span").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_failed_text_says_why_and_can_be_sent_again()
    {
        MessageView? retried = null;
        var failed = Some.Ours(state: MessageState.Failed) with
        {
            ErrorCode = "1320",
            Error = "This number is not in service.",
        };
        var bubble = Render<MessageBubble>(p =>
            p.Add(m => m.Message, failed).Add(m => m.OnRetry, message => retried = message)
        );

        Assert.Contains(
            "This number is not in service.",
            bubble.Find(".msg-problem").TextContent,
            StringComparison.Ordinal
        );
        bubble.Find(".msg-problem button").Click();
        Assert.Equal(failed, retried);
    }

    [Fact]
    public void An_unconfirmed_text_asks_whether_it_arrived()
    {
        MessageView? assumed = null;
        var unsure = Some.Ours(state: MessageState.Unconfirmed);
        var bubble = Render<MessageBubble>(p =>
            p.Add(m => m.Message, unsure)
                .Add(m => m.OnRetry, _ => { })
                .Add(m => m.OnAssume, message => assumed = message)
        );

        Assert.Equal(
            ["Send again", "It arrived"],
            bubble.FindAll(".msg-problem button").Select(b => b.TextContent)
        );
        bubble.FindAll(".msg-problem button")[1].Click();
        Assert.Equal(unsure, assumed);
    }

    [Fact]
    public void A_text_after_an_opt_out_offers_no_retry()
    {
        var stopped = Some.Ours(state: MessageState.Failed) with { ErrorCode = "optedOut" };

        var bubble = Render<MessageBubble>(p =>
            p.Add(m => m.Message, stopped).Add(m => m.OnRetry, _ => { })
        );

        Assert.Empty(bubble.FindAll("button"));
    }

    [Theory]
    [InlineData(MessageKeyword.OptOut, "Opted out", false)]
    [InlineData(MessageKeyword.OptOutByCancel, "An appointment may be meant", true)]
    [InlineData(MessageKeyword.MentionsCancelling, "check the schedule", true)]
    [InlineData(MessageKeyword.PossibleOptOut, "may be meant as an opt-out", false)]
    [InlineData(MessageKeyword.WrongNumber, "wrong number", true)]
    public void A_keyword_says_what_it_did(MessageKeyword keyword, string words, bool isTask)
    {
        var bubble = Render<MessageBubble>(p =>
            p.Add(m => m.Message, Some.Theirs("…", keyword: keyword))
        );

        var note = bubble.Find(".msg-note");
        Assert.Contains(words, note.TextContent, StringComparison.Ordinal);
        Assert.Equal(isTask, note.ClassList.Contains("msg-note-task"));
    }

    [Theory]
    [InlineData("Confirmed: Bella, Tue, Nov 3, 3:30 PM.", false)]
    [InlineData(
        "May confirm Bella, Tue, Nov 3, 3:30 PM. Ask, then confirm it in the schedule.",
        true
    )]
    public void What_the_system_made_of_a_text_stands_under_it_in_place_of_the_keyword(
        string note,
        bool isTask
    )
    {
        var bubble = Render<MessageBubble>(p =>
            p.Add(
                m => m.Message,
                Some.Theirs("C", keyword: MessageKeyword.Confirm) with
                {
                    Note = note,
                }
            )
        );

        var shown = Assert.Single(bubble.FindAll(".msg-note"));
        Assert.Equal(note, shown.TextContent.Trim());
        Assert.Equal(isTask, shown.ClassList.Contains("msg-note-task"));
    }

    [Fact]
    public void A_reminder_names_its_kind_and_leads_to_its_visit()
    {
        var card = Render<ReminderCard>(p =>
            p.Add(
                    c => c.Message,
                    Some.Ours("Bella is due.") with
                    {
                        Kind = MessageKind.Reminder,
                        Note = "The pre-visit form was filled in: the visit shows the answers.",
                    }
                )
                .Add(
                    c => c.About,
                    new SentReminder(
                        "Appointment Pre-visit",
                        Some.Noon,
                        "/schedule/day/2026-11-03?visit=1"
                    )
                )
        );

        Assert.Contains(
            "Appointment Pre-visit",
            card.Find(".reminder-head").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("/schedule/day/2026-11-03?visit=1", card.Find("a").GetAttribute("href"));
        Assert.Contains("filled in", card.Find(".msg-note").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_thread_is_divided_by_the_clinics_days_and_shows_reminders_as_cards()
    {
        var reminder = Some.Ours("Bella is due.", minute: -24 * 60) with
        {
            Kind = MessageKind.Reminder,
        };

        var list = Render<MessageList>(p =>
            p.Add(
                    l => l.Messages,
                    [reminder, Some.Theirs("Yes please", 0), Some.Theirs("When?", 1)]
                )
                .Add(l => l.Label, "Texts")
                .Add(l => l.Name, "Ana Ruiz")
        );

        Assert.Equal(2, list.FindAll(".thread-day").Count);
        Assert.Contains(
            "Bella is due.",
            list.Find(".reminder").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal(2, list.FindAll(".msg").Count);
        Assert.Single(list.FindAll(".msg-joined"));
        Assert.Contains(
            "11:00",
            list.FindAll(".msg time")[0].TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_photo_leaves_its_room_before_it_comes()
    {
        var tile = Render<AttachmentTile>(p =>
            p.Add(t => t.File, Some.File("image/jpeg", width: 1200, height: 800))
        );

        var picture = tile.Find("img");
        Assert.Equal("260", picture.GetAttribute("width"));
        Assert.Equal("173", picture.GetAttribute("height"));
        Assert.EndsWith("/thumbnail", picture.GetAttribute("src"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_on_its_way_and_one_that_failed_say_so()
    {
        var pending = Render<AttachmentTile>(p =>
            p.Add(t => t.File, Some.File("", AttachmentState.Pending))
        );
        var failed = Render<AttachmentTile>(p =>
            p.Add(t => t.File, Some.File("", AttachmentState.Failed, error: "It is gone."))
        );

        Assert.Contains("on its way", pending.Markup, StringComparison.Ordinal);
        Assert.Contains("It is gone.", failed.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_question_of_an_opt_out_is_answered_by_one_click(bool optOut)
    {
        bool? decided = null;
        var question = Render<OptOutQuestion>(p => p.Add(q => q.OnDecide, yes => decided = yes));

        question.FindAll("button")[optOut ? 0 : 1].Click();

        Assert.Equal(optOut, decided);
    }
}
