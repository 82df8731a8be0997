using System.Net;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class ReceiptsOnSqliteTests(SqliteWalk walk)
    : ReceiptTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class ReceiptsOnPostgresTests(PostgresWalk walk)
    : ReceiptTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Delivery receipts come late, twice, backwards and before the answer that names their id.</summary>
public abstract class ReceiptTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task States_move_forward_only_whatever_order_receipts_come_in()
    {
        var (phone, id, uuid) = await SentAsync();

        await phone.ReceiptAsync(uuid, "delivered", id.ToString());
        await phone.ReceiptAsync(uuid, "submitted", id.ToString());
        await phone.ReceiptAsync(uuid, "delivered", id.ToString());
        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1331");

        var message = await phone.MessageAsync(id);
        Assert.Equal(MessageState.Delivered, message.State);
        Assert.Null(message.Error);
    }

    [Fact]
    public async Task A_failure_gives_way_to_a_later_delivery()
    {
        var (phone, id, uuid) = await SentAsync();

        await phone.ReceiptAsync(uuid, "undeliverable", id.ToString(), error: "1360");
        var failed = await phone.MessageAsync(id);
        await phone.ReceiptAsync(uuid, "delivered", id.ToString());

        Assert.Equal(MessageState.Failed, failed.State);
        Assert.Equal("1360", failed.ErrorCode);
        Assert.Contains("out of reach", failed.Error, StringComparison.Ordinal);
        var delivered = await phone.MessageAsync(id);
        Assert.Equal(MessageState.Delivered, delivered.State);
        Assert.Null(delivered.ErrorCode);
    }

    [Fact]
    public async Task The_carriers_price_is_kept()
    {
        var (phone, id, uuid) = await SentAsync();

        await phone.ReceiptAsync(uuid, "submitted", id.ToString());

        var message = await phone.MessageAsync(id);
        Assert.Equal(0.0333m, message.Price);
        Assert.Equal("EUR", message.Currency);
    }

    [Fact]
    public async Task A_delivery_that_overtakes_the_answer_is_known_by_our_own_id()
    {
        var (phone, id, gate) = await LeavingAsync();

        await phone.ReceiptAsync(phone.Carried[0].Uuid, "delivered", id.ToString());
        Assert.Equal(MessageState.Delivered, (await phone.MessageAsync(id)).State);
        gate.SetResult();

        await phone.UntilAsync(await phone.AnswersAsync("Next"), MessageState.Sent);
        var message = await phone.MessageAsync(id);
        Assert.Equal(MessageState.Delivered, message.State);
        Assert.Equal(phone.Carried[0].Uuid, message.CarrierId);
        Assert.DoesNotContain('\n', phone.Carried[1].Text);
    }

    [Theory]
    [InlineData("delivered", MessageState.Delivered)]
    [InlineData("rejected", MessageState.Failed)]
    public async Task A_receipt_that_overtakes_the_answer_without_our_id_waits_for_it(
        string status,
        MessageState state
    )
    {
        var (phone, id, gate) = await LeavingAsync();

        await phone.ReceiptAsync(phone.Carried[0].Uuid, status);
        Assert.Equal(MessageState.Sending, (await phone.MessageAsync(id)).State);
        gate.SetResult();

        await phone.UntilAsync(id, state);
        await using var db = phone.App.Db();
        Assert.False(
            await db.ParkedReceipts.AnyAsync(
                r => r.CarrierId == phone.Carried[0].Uuid,
                Cancellation
            )
        );
    }

    [Fact]
    public async Task Receipts_that_race_with_the_answer_are_never_lost()
    {
        var first = await walk.SceneAsync();
        var phones = Enumerable.Range(0, 24).Select(_ => first.AnotherPhone()).ToList();
        foreach (var phone in phones)
        {
            var racing = phone;
            await racing.HearsAsync("Hello");
            racing.Carrier.Next(
                racing.Number.Value,
                async (context, text) =>
                {
                    var receipt = racing.ReceiptAsync(text.Uuid, "delivered");
                    await Answers.Accept(context, text);
                    await context.Response.CompleteAsync();
                    await receipt;
                }
            );
            await racing.AnswersAsync("Hi");
        }

        foreach (var phone in phones)
        {
            var id = (await phone.ThreadAsync())[1].Id;
            await phone.UntilAsync(id, MessageState.Delivered);
        }
    }

    [Theory]
    [InlineData("delivered", MessageState.Delivered)]
    [InlineData("submitted", MessageState.Sent)]
    [InlineData("rejected", MessageState.Failed)]
    public async Task A_receipt_settles_an_unconfirmed_text(string status, MessageState state)
    {
        var (phone, id) = await UnconfirmedAsync();

        await phone.ReceiptAsync(phone.Carried[0].Uuid, status, id.ToString(), error: null);

        var message = await phone.MessageAsync(id);
        Assert.Equal(state, message.State);
        Assert.Equal(phone.Carried[0].Uuid, message.CarrierId);
    }

    [Fact]
    public async Task A_refusal_that_came_before_the_connection_broke_settles_it_too()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        var gate = new TaskCompletionSource();
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task, Answers.Drop));
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);
        await phone.ReceiptAsync(phone.Carried[0].Uuid, "rejected", id.ToString(), error: "1170");

        gate.SetResult();

        Assert.Equal("1170", (await phone.UntilAsync(id, MessageState.Failed)).ErrorCode);
    }

    [Fact]
    public async Task The_refusal_of_an_earlier_attempt_does_not_fail_the_one_that_is_leaving()
    {
        var (phone, id) = await UnconfirmedAsync();
        var gate = new TaskCompletionSource();
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task));
        await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation);
        await phone.UntilCarriedAsync(2);

        await phone.ReceiptAsync(phone.Carried[0].Uuid, "rejected", id.ToString(), error: "1170");
        Assert.Equal(MessageState.Sending, (await phone.MessageAsync(id)).State);
        gate.SetResult();

        var sent = await phone.UntilAsync(id, MessageState.Sent);
        Assert.Equal(phone.Carried[1].Uuid, sent.CarrierId);
        await phone.ReceiptAsync(phone.Carried[0].Uuid, "rejected", id.ToString(), error: "1170");
        Assert.Equal(MessageState.Sent, (await phone.MessageAsync(id)).State);
        await phone.ReceiptAsync(phone.Carried[1].Uuid, "delivered", id.ToString());
        Assert.Equal(MessageState.Delivered, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task The_acceptance_of_an_earlier_attempt_does_not_hide_the_newest_ones_id()
    {
        var (phone, id) = await UnconfirmedAsync();
        var gate = new TaskCompletionSource();
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task));
        await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation);
        await phone.UntilCarriedAsync(2);

        await phone.ReceiptAsync(phone.Carried[0].Uuid, "submitted", id.ToString());
        gate.SetResult();

        await Eventually.IsTrueAsync(
            async () => (await phone.MessageAsync(id)).CarrierId == phone.Carried[1].Uuid,
            "the newest attempt's id is known"
        );
        await phone.ReceiptAsync(phone.Carried[1].Uuid, "delivered");
        Assert.Equal(MessageState.Delivered, (await phone.MessageAsync(id)).State);
    }

    [Theory]
    [InlineData("delivered", MessageState.Delivered)]
    [InlineData("submitted", MessageState.Sent)]
    public async Task When_the_first_attempt_turns_out_to_have_left_the_second_does_not(
        string status,
        MessageState state
    )
    {
        var (phone, id) = await UnconfirmedAsync();
        await phone.PausesAsync();
        await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation);

        await phone.ReceiptAsync(phone.Carried[0].Uuid, status, id.ToString());
        await phone.ResumesAsync();

        await phone.UntilAsync(await phone.AnswersAsync("Next"), MessageState.Sent);
        Assert.Equal(state, (await phone.MessageAsync(id)).State);
        Assert.Equal(1, phone.Carried.Count(t => t.ClientRef == id.ToString()));
    }

    [Fact]
    public async Task A_retry_that_waits_is_not_failed_by_the_attempt_before_it()
    {
        var (phone, id, uuid) = await SentAsync();
        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1331");
        await phone.PausesAsync();
        await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation);

        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1331");
        await phone.ReceiptAsync(uuid, "submitted", id.ToString());
        Assert.Equal(MessageState.Queued, (await phone.MessageAsync(id)).State);
        await phone.ResumesAsync();

        var sent = await phone.UntilAsync(id, MessageState.Sent);
        Assert.Equal(phone.Carried[1].Uuid, sent.CarrierId);
        await phone.ReceiptAsync(uuid, "delivered", id.ToString());
        Assert.Equal(MessageState.Delivered, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task A_status_that_is_not_known_is_kept_and_changes_nothing()
    {
        var (phone, id, uuid) = await SentAsync();

        Assert.Equal(
            HttpStatusCode.OK,
            await phone.ReceiptAsync(uuid, "teleported", id.ToString())
        );

        Assert.Equal(MessageState.Sent, (await phone.MessageAsync(id)).State);
        await using var db = phone.App.Db();
        Assert.True(
            await db.Quarantine.AnyAsync(
                q => q.Kind == "status" && q.RawBody.Contains(uuid),
                Cancellation
            )
        );
    }

    [Fact]
    public async Task A_receipt_of_nothing_we_know_is_taken_and_parked()
    {
        var phone = await walk.SceneAsync();
        var uuid = Guid.NewGuid().ToString();

        Assert.Equal(HttpStatusCode.OK, await phone.ReceiptAsync(uuid, "delivered"));

        await using var db = phone.App.Db();
        Assert.True(await db.ParkedReceipts.AnyAsync(r => r.CarrierId == uuid, Cancellation));
    }

    [Fact]
    public async Task A_refusal_because_the_number_opted_out_is_a_stop()
    {
        var (phone, id, uuid) = await SentAsync();

        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1240");
        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1240");

        Assert.True((await phone.StandingAsync())!.IsOptedOut);
        await using var db = phone.App.Db();
        Assert.Equal(
            1,
            await db.OptOutRecords.CountAsync(o => o.Number == phone.Number, Cancellation)
        );
    }

    [Fact]
    public async Task Such_a_refusal_from_before_the_clients_start_changes_nothing()
    {
        var (phone, id, uuid) = await SentAsync();
        var before = phone.Now;
        await phone.TextsAsync("STOP");
        await phone.TextsAsync("START");

        await phone.ReceiptAsync(uuid, "rejected", id.ToString(), error: "1240", at: before);

        Assert.False((await phone.StandingAsync())!.IsOptedOut);
    }

    private async Task<(Scene Phone, Id<Message> Id, string Uuid)> SentAsync()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        var id = await phone.AnswersAsync("Hi");
        var sent = await phone.UntilAsync(id, MessageState.Sent);
        return (phone, id, sent.CarrierId!);
    }

    /// <summary>The carrier has the text and has not answered yet.</summary>
    private async Task<(Scene Phone, Id<Message> Id, TaskCompletionSource Gate)> LeavingAsync()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        var gate = new TaskCompletionSource();
        phone.Carrier.Next(phone.Number.Value, Answers.Held(gate.Task));
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilCarriedAsync(1);
        return (phone, id, gate);
    }

    private async Task<(Scene Phone, Id<Message> Id)> UnconfirmedAsync()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Hello");
        phone.Carrier.Next(phone.Number.Value, Answers.Drop);
        var id = await phone.AnswersAsync("Hi");
        await phone.UntilAsync(id, MessageState.Unconfirmed);
        return (phone, id);
    }
}
