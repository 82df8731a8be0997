using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>Both walks through the simulated carrier, every step over real HTTP.</summary>
public sealed class SimulatedWalkTests
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("14155550134")]
    [InlineData("%2B14155550134")]
    public async Task A_text_from_a_handset_arrives_at_the_clinic(string number)
    {
        await using var app = await SimulatorClient.StartAsync();

        using var answer = await app.PostAsync(
            $"handsets/{number}/send",
            new { text = "Is Bella ready? 🐶" }
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(200, json.GetProperty("status").GetInt32());
        await using var db = app.Db();
        var message = await db.Messages.SingleAsync(Cancellation);
        Assert.Equal("Is Bella ready? 🐶", message.Text);
        Assert.Equal("+" + Phone, message.Number.Value);
        Assert.Equal(json.Text("message_uuid"), message.CarrierId);
        var shown = Assert.Single(await app.ItemsAsync($"handsets/{number}/messages"));
        Assert.Equal("received", shown.Text("state"));
        Assert.Equal(InboxApp.Line, shown.Text("to"));
    }

    [Fact]
    public async Task A_reply_reaches_the_handset_and_is_reported_delivered()
    {
        await using var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Is Bella ready?");

        var id = await app.ReplyAsync(Phone, "She is. See you soon!");
        var message = await app.BecomesAsync(id, MessageState.Delivered);

        var shown = (await app.ItemsAsync($"handsets/{Phone}/messages"))[^1];
        Assert.Equal(message.FullText, shown.Text("text"));
        Assert.Equal("delivered", shown.Text("state"));
        Assert.Equal(message.CarrierId, shown.Text("message_uuid"));
        Assert.Equal(id.ToString(), shown.Text("client_ref"));
        Assert.Equal(message.Segments, shown.GetProperty("segments").GetInt32());
        Assert.Equal(0.0083m * message.Segments, message.Price);
        Assert.Equal("EUR", message.Currency);
    }

    [Fact]
    public async Task A_long_text_is_one_message_of_several_parts()
    {
        await using var app = await SimulatorClient.StartAsync();

        await app.TextTheClinicAsync(Phone, new string('b', 400));

        await using var db = app.Db();
        var message = await db.Messages.SingleAsync(Cancellation);
        Assert.Equal(400, message.Text.Length);
        Assert.Equal(3, message.Segments);
    }

    [Fact]
    public async Task A_text_that_the_network_refuses_later_fails_in_plain_words()
    {
        await using var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Hello");
        using var fault = await app.PostAsync("faults", new { errorCode = "1360" });
        Assert.Equal(HttpStatusCode.OK, fault.StatusCode);

        var id = await app.ReplyAsync(Phone, "Hello to you");
        var message = await app.BecomesAsync(id, MessageState.Failed);

        Assert.Equal("1360", message.ErrorCode);
        Assert.Contains("expired", message.Error, StringComparison.Ordinal);
        Assert.Single(await app.ItemsAsync($"handsets/{Phone}/messages"));
        Assert.Equal("rejected", Assert.Single(await app.ItemsAsync("messages")).Text("state"));
    }

    [Theory]
    [InlineData("""{"media":["{0}"]}""", "image", "")]
    [InlineData("""{"text":"His paw","media":["{0}"]}""", "image", "His paw")]
    [InlineData("""{"media":["{1}"]}""", "file", "")]
    [InlineData("""{"text":"Her records","media":["{1}"]}""", "file", "Her records")]
    [InlineData("""{"text":"Both","media":["{0}","{1}"]}""", "image,file", "Both")]
    public async Task Photos_and_documents_come_as_Vonage_brings_them(
        string body,
        string kinds,
        string text
    )
    {
        await using var app = await SimulatorClient.StartAsync();
        var media = $"{app.Address}simulator/media/";
        using var content = new StringContent(
            body.Replace("{0}", media + "paw.jpg", StringComparison.Ordinal)
                .Replace("{1}", media + "records.pdf", StringComparison.Ordinal),
            System.Text.Encoding.UTF8,
            "application/json"
        );

        using var answer = await app.Http.PostAsync(
            $"simulator/handsets/{Phone}/send",
            content,
            Cancellation
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = app.Db();
        var message = await db.Messages.Include(m => m.Attachments).SingleAsync(Cancellation);
        Assert.Equal(text, message.Text);
        Assert.Equal(kinds.Split(',').Length, message.Attachments.Count);
        var shown = Assert.Single(await app.ItemsAsync($"handsets/{Phone}/messages"));
        Assert.Equal(
            kinds,
            string.Join(
                ',',
                shown.GetProperty("media").EnumerateArray().Select(m => m.Text("type"))
            )
        );
    }
}
