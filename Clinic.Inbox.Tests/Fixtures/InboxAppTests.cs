using System.Net;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Fixtures;

public sealed class InboxAppTests
{
    [Fact]
    public async Task A_signed_text_is_stored_by_the_whole_app()
    {
        await using var app = await InboxApp.StartAsync();

        using var answer = await app.ReceiveAsync("14155550134", "Is Bella ready?");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = app.Db();
        var conversation = await db.Conversations.SingleAsync(
            TestContext.Current.CancellationToken
        );
        Assert.Equal("Is Bella ready?", conversation.Preview);
        Assert.Equal(1, conversation.Unread);
    }
}
