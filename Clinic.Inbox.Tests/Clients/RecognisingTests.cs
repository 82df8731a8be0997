using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

/// <summary>What a change to a client does to conversations and screens.</summary>
public sealed class RecognisingTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_client_takes_over_the_conversation_that_waits_with_their_number()
    {
        var number = NewNumber();
        await clinic.App.ReceiveAsync(number, "Hi, it's me");
        var told = Listen();

        var client = await clinic.AddAsync("Ana", "Known", number);

        var row = await RowAsync(number);
        Assert.Equal(client.Id, row.ClientId);
        Assert.Equal("Ana Known", row.ClientName);
        Assert.Contains(
            told,
            e => e is InboxEvent.ConversationChanged { Flash: false } c && c.Row == row
        );
        Assert.Contains(new InboxEvent.ClientChanged(client.Id, Number(number)), told);
    }

    [Fact]
    public async Task A_shared_number_is_left_to_staff_and_recognised_once_one_owner_gives_it_up()
    {
        var number = NewNumber();
        var ana = await clinic.AddAsync("Ana", "Shares", number);
        var marco = await clinic.AddAsync("Marco", "Shares", number);
        await clinic.App.ReceiveAsync(number, "Who am I?");
        Assert.Null((await RowAsync(number)).ClientId);

        await clinic.Clients.UpdateAsync(marco.Id, new ClientDraft { Phones = [] }, Maya, Token);

        Assert.Equal(ana.Id, (await RowAsync(number)).ClientId);
    }

    [Fact]
    public async Task A_conversation_that_staff_assigned_stays_where_it_is()
    {
        var number = NewNumber();
        await clinic.App.ReceiveAsync(number, "Hi");
        var chosen = await clinic.AddAsync("Chosen", "One");
        await clinic
            .App.Get<ConversationDesk>()
            .AssignAsync((await RowAsync(number)).Id, chosen.Id, addNumber: false, Maya, Token);

        await clinic.AddAsync("Other", "Owner", number);

        Assert.Equal(chosen.Id, (await RowAsync(number)).ClientId);
    }

    [Fact]
    public async Task A_new_name_stands_in_every_conversation_and_is_told()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Old", "Name", number);
        await clinic.App.ReceiveAsync(number, "Hello");
        var told = Listen();

        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { LastName = "Names" },
            Maya,
            Token
        );

        var row = await RowAsync(number);
        Assert.Equal("Old Names", row.ClientName);
        Assert.Equal(1, row.Unread);
        Assert.Contains(told, e => e is InboxEvent.ConversationChanged c && c.Row == row);
    }

    private System.Collections.Concurrent.ConcurrentQueue<InboxEvent> Listen()
    {
        var told = new System.Collections.Concurrent.ConcurrentQueue<InboxEvent>();
        clinic.App.Get<Feed>().Subscribe(told.Enqueue);
        return told;
    }

    private async Task<ConversationRow> RowAsync(string number)
    {
        await using var db = clinic.App.Db();
        var phone = Number(number);
        return ConversationRow.Of(
            await db.Conversations.SingleAsync(c => c.Number == phone, Token)
        );
    }
}
