using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

/// <summary>What lies open on one person's screen, whatever order the answers come in.</summary>
public sealed class InboxBoardTests(SqliteWalk walk) : IClassFixture<SqliteWalk>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_that_has_come_is_not_hidden_by_the_wait_for_it()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Is Bella ready?");
        var board = Board(phone.App);

        Assert.True(await board.OpenAsync(row.Id, Task.CompletedTask, Cancellation));
        // The wait ended at the same moment, and says so afterwards.
        board.HideThread();

        Assert.Equal(row.Id, board.Thread?.Id);
    }

    [Fact]
    public async Task The_one_before_is_hidden_while_the_next_is_awaited()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Is Bella ready?");
        var board = Board(phone.App);
        await board.OpenAsync(row.Id, Task.CompletedTask, Cancellation);

        using var never = new CancellationTokenSource();
        await never.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            board.OpenAsync(row.Id, Task.CompletedTask, never.Token)
        );
        board.HideThread();

        Assert.Null(board.Thread);
    }

    [Fact]
    public async Task Nothing_is_shown_before_it_is_written_down_who_looks()
    {
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync("Is Bella ready?");
        var board = Board(phone.App);
        var noted = new TaskCompletionSource();

        var opening = board.OpenAsync(row.Id, noted.Task, Cancellation);
        await Task.WhenAny(opening, Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation));
        Assert.Null(board.Thread);
        noted.SetException(new IOException("The disk is full."));

        await Assert.ThrowsAsync<IOException>(() => opening);
        Assert.Null(board.Thread);
    }

    private static InboxBoard Board(InboxApp app) =>
        new(app.Get<InboxQueries>(), app.Get<InboxSearch>(), app.Get<ThreadQueries>());
}
