using Bunit;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

public sealed class ThreadMenuTests : InboxParts
{
    private readonly List<string> _chosen = [];

    [Fact]
    public void The_front_desk_sees_deleting_with_the_reason_why_it_cannot()
    {
        var menu = Menu(Some.Row(), mayDelete: false);

        var delete = menu.FindAll("[role=menuitem]")[^1];
        Assert.Equal("true", delete.GetAttribute("aria-disabled"));
        Assert.Contains(
            DeskActions.DeletingNeedsManager,
            delete.TextContent,
            StringComparison.Ordinal
        );
        delete.Click();
        Assert.Empty(_chosen);
    }

    [Fact]
    public void A_manager_may_delete()
    {
        var menu = Menu(Some.Row(), mayDelete: true);

        var delete = menu.FindAll("[role=menuitem]")[^1];
        Assert.Null(delete.GetAttribute("aria-disabled"));
        delete.Click();
        Assert.Equal(["delete"], _chosen);
    }

    [Fact]
    public void A_number_of_nobody_can_become_a_new_client()
    {
        var menu = Menu(Some.Row(name: null), canAdd: true);

        Assert.Equal(
            ["Assign to client…", "Add client…", "Mark unread", "Close conversation"],
            menu.FindAll("[role=menuitem]").SkipLast(1).Select(item => item.TextContent.Trim())
        );
    }

    [Fact]
    public void A_closed_conversation_cannot_be_closed_again()
    {
        var menu = Menu(Some.Row(state: ConversationState.Closed));

        Assert.DoesNotContain("Close conversation", menu.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Mark unread", menu.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<ThreadMenu> Menu(
        ConversationRow row,
        bool mayDelete = false,
        bool canAdd = false
    ) =>
        Render<ThreadMenu>(p =>
            p.Add(m => m.Row, row)
                .Add(m => m.MayDelete, mayDelete)
                .Add(m => m.CanAddClient, canAdd)
                .Add(m => m.OnChoose, _chosen.Add)
        );
}
