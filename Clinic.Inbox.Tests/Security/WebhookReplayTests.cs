using System.Net;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Somebody has caught a signed webhook and sends it again: as it was, to the other address, or with another's body. Who
/// signs wrongly is in WebhookSignatureTests.
/// </summary>
public sealed class WebhookReplayTests(SqliteWalk walk) : IClassFixture<SqliteWalk>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_that_is_sent_again_a_hundred_times_is_there_once_and_wakes_nobody()
    {
        var phone = await walk.SceneAsync();
        var (body, token) = Signed(Inbound(phone, Guid.NewGuid().ToString(), "Is Bella ready?"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync("inbound", body, token));
        await phone.Desk.MarkReadAsync((await phone.RowAsync()).Id, Cancellation);

        var again = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => SendAsync("inbound", body, token))
        );

        Assert.All(again, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Single(await phone.ThreadAsync());
        Assert.Equal(0, (await phone.RowAsync()).Unread);
    }

    [Fact]
    public async Task A_stop_that_is_sent_again_after_a_start_stops_nobody()
    {
        var phone = await walk.SceneAsync();
        var (stop, token) = Signed(Inbound(phone, Guid.NewGuid().ToString(), "STOP"));
        await SendAsync("inbound", stop, token);
        await phone.TextsAsync("START");
        Assert.False((await phone.StandingAsync())!.IsOptedOut);

        await SendAsync("inbound", stop, token);

        Assert.False((await phone.StandingAsync())!.IsOptedOut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_text_that_was_deleted_does_not_come_back_and_is_not_obeyed_again(
        bool itsTimeIsOver
    )
    {
        var phone = await walk.SceneAsync();
        var deleting = walk.App.Get<DeletingConversations>();
        var (stop, token) = Signed(Inbound(phone, Guid.NewGuid().ToString(), "STOP"));
        await SendAsync("inbound", stop, token);
        await phone.TextsAsync("START");
        await phone.UntilQuietAsync();
        var id = (await phone.RowAsync()).Id;
        if (itsTimeIsOver)
        {
            await phone.Desk.CloseAsync(id, Scene.Receptionist, Cancellation);
            Assert.Equal(1, await deleting.PurgeAsync([id], phone.Now.AddMinutes(1), Cancellation));
        }
        else
        {
            Assert.Equal(
                DeskResult.Done,
                await deleting.DeleteAsync(id, Scene.Receptionist, Cancellation)
            );
        }

        Assert.Equal(HttpStatusCode.OK, await SendAsync("inbound", stop, token));

        Assert.False((await phone.StandingAsync())!.IsOptedOut);
        await using var db = walk.App.Db();
        Assert.False(await db.Messages.AnyAsync(m => m.Number == phone.Number, Cancellation));
        Assert.Null(await phone.OpenRowAsync());
    }

    [Theory]
    [InlineData("inbound", "status")]
    [InlineData("status", "inbound")]
    public async Task A_body_that_is_sent_to_the_other_address_is_put_aside_once(
        string kind,
        string other
    )
    {
        var phone = await walk.SceneAsync();
        var uuid = Guid.NewGuid().ToString();
        var (body, token) = Signed(
            kind == "inbound" ? Inbound(phone, uuid, "Hello") : Delivered(phone, uuid)
        );

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(other, body, token));
        }

        await using var db = walk.App.Db();
        var kept = await db.Quarantine.SingleAsync(q => q.RawBody.Contains(uuid), Cancellation);
        Assert.Null(await phone.OpenRowAsync());
        // The database itself refuses a second one.
        db.Quarantine.Add(
            new QuarantineEntry(
                Id<QuarantineEntry>.New(phone.Now),
                kept.Kind,
                "Another reason",
                kept.RawBody,
                phone.Now
            )
        );
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancellation));
    }

    [Fact]
    public async Task A_receipt_of_a_text_that_nobody_knows_waits_once()
    {
        var phone = await walk.SceneAsync();
        var uuid = Guid.NewGuid().ToString();
        var (body, token) = Signed(Delivered(phone, uuid));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync("status", body, token));
        }

        await using var db = walk.App.Db();
        Assert.Equal(1, await db.ParkedReceipts.CountAsync(r => r.CarrierId == uuid, Cancellation));
    }

    [Fact]
    public async Task An_old_receipt_takes_no_text_back()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Is Bella ready?");
        var id = await phone.AnswersAsync("She is");
        var sent = await phone.UntilAsync(id, MessageState.Sent);
        var (submitted, token) = Signed(Receipt(phone, sent.CarrierId!, "submitted"));
        await SendAsync("status", submitted, token);
        await phone.ReceiptAsync(sent.CarrierId!, "delivered");

        await SendAsync("status", submitted, token);

        Assert.Equal(MessageState.Delivered, (await phone.MessageAsync(id)).State);
    }

    [Fact]
    public async Task A_token_signs_its_own_body_and_no_other()
    {
        var phone = await walk.SceneAsync();
        var (_, token) = Signed(Inbound(phone, Guid.NewGuid().ToString(), "Hello"));
        var other = Encoding.UTF8.GetBytes(Inbound(phone, Guid.NewGuid().ToString(), "Pay here"));

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("inbound", other, token));
        Assert.Null(await phone.OpenRowAsync());
    }

    private static string Inbound(Scene phone, string uuid, string text) =>
        JsonSerializer.Serialize(
            new
            {
                channel = "sms",
                message_uuid = uuid,
                to = phone.Line.Number.Digits,
                from = phone.Number.Digits,
                timestamp = phone.Now.ToString("O"),
                message_type = "text",
                text,
            }
        );

    private static string Delivered(Scene phone, string uuid) => Receipt(phone, uuid, "delivered");

    private static string Receipt(Scene phone, string uuid, string status) =>
        JsonSerializer.Serialize(
            new
            {
                message_uuid = uuid,
                to = phone.Number.Digits,
                from = phone.Line.Number.Digits,
                timestamp = phone.Now.ToString("O"),
                status,
                channel = "sms",
            }
        );

    /// <summary>A body with its one token, as it was caught on the way.</summary>
    private (byte[] Body, string Token) Signed(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var secret = walk
            .App.Get<Microsoft.Extensions.Options.IOptionsMonitor<Clinic.Inbox.Carrier.VonageOptions>>()
            .CurrentValue.SignatureSecret!;
        return (body, CarrierHost.Token(body, secret));
    }

    private async Task<HttpStatusCode> SendAsync(string kind, byte[] body, string token)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(walk.App.Address, "webhooks/vonage/" + kind)
        );
        request.Content = new ByteArrayContent(body);
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await walk.App.Http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
