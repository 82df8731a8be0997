using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

public sealed class InboxRowsTests
{
    [Fact]
    public void A_conversation_with_a_new_text_moves_to_the_top()
    {
        var older = Some.Row("Ana Ruiz", minute: 1);
        var newer = Some.Row("Tom Becker", minute: 2);
        var rows = Started(new InboxFilter(), newer, older);

        rows.Take(
            older with
            {
                LastMessageAt = Some.Noon.AddMinutes(3),
                Preview = "Hello?",
                Unread = 1,
            }
        );

        Assert.Equal(["Ana Ruiz", "Tom Becker"], Names(rows));
        Assert.Equal("Hello?", rows.Rows[0].Preview);
    }

    [Fact]
    public void A_conversation_that_nobody_has_seen_yet_appears()
    {
        var rows = Started(new InboxFilter(), Some.Row("Ana Ruiz"));

        rows.Take(Some.Row("Tom Becker", minute: 5));

        Assert.Equal(["Tom Becker", "Ana Ruiz"], Names(rows));
    }

    [Fact]
    public void A_closed_conversation_leaves()
    {
        var ana = Some.Row("Ana Ruiz");
        var rows = Started(new InboxFilter(), ana);

        rows.Take(ana with { State = ConversationState.Closed });

        Assert.Empty(rows.Rows);
    }

    [Fact]
    public void What_was_read_leaves_the_unread_ones_but_not_under_the_pointer()
    {
        var open = Some.Row("Ana Ruiz", minute: 2, unread: 1);
        var other = Some.Row("Tom Becker", minute: 1, unread: 1);
        var rows = Started(new InboxFilter(UnreadOnly: true), open, other);
        rows.Show(open.Id);

        rows.Take(open with { Unread = 0 });
        rows.Take(other with { Unread = 0 });

        Assert.Equal(["Ana Ruiz"], Names(rows));
        rows.Show(id: null);
        Assert.Empty(rows.Rows);
    }

    [Fact]
    public void What_belongs_behind_the_last_row_waits_for_its_page()
    {
        var rows = new InboxRows();
        rows.Start(new InboxFilter(), [Some.Row("Ana Ruiz", minute: 5)], hasMore: true);

        rows.Take(Some.Row("Tom Becker", minute: 1));

        Assert.Equal(["Ana Ruiz"], Names(rows));
    }

    [Fact]
    public void What_was_found_stays_in_its_place_and_shows_what_changed()
    {
        var (ana, tom) = (Some.Row("Ana Ruiz", minute: 2), Some.Row("Tom Becker", minute: 1));
        var rows = new InboxRows();
        rows.Start(
            new InboxFilter(Search: "bella"),
            [Some.Hit(ana), Some.Hit(tom)],
            hasMore: false
        );

        rows.Take(tom with { LastMessageAt = Some.Noon.AddMinutes(9), Unread = 1 });
        rows.Take(Some.Row("Nobody searched for"));

        Assert.Equal(["Ana Ruiz", "Tom Becker"], Names(rows));
        Assert.Equal(1, rows.Rows[1].Unread);
        Assert.NotNull(rows.HitOf(rows.Rows[1]));
    }

    [Fact]
    public void A_page_brings_no_row_twice()
    {
        var ana = Some.Row("Ana Ruiz");
        var rows = Started(new InboxFilter(), ana);

        rows.Append([ana, Some.Row("Tom Becker", minute: -1)], hasMore: false);

        Assert.Equal(["Ana Ruiz", "Tom Becker"], Names(rows));
    }

    private static InboxRows Started(InboxFilter filter, params ConversationRow[] shown)
    {
        var rows = new InboxRows();
        rows.Start(filter, shown, hasMore: false);
        return rows;
    }

    private static IEnumerable<string?> Names(InboxRows rows) =>
        rows.Rows.Select(row => row.ClientName);
}
