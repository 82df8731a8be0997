using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Clinic.Inbox.Tests.Carrier;

public class WebhookEndpointTests
{
    private static readonly byte[] Sms = Vector.Bytes("inbound-sms.json");

    [Fact]
    public async Task A_signed_text_is_handed_in_and_answered_200()
    {
        await using var host = await CarrierHost.StartAsync();
        using var answer = await host.PostAsync("inbound", Sms);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Hi, can Bella come at 3pm instead?", Assert.Single(host.Ports.Received).Text);
    }

    [Fact]
    public async Task A_signed_receipt_is_handed_in_and_answered_200()
    {
        await using var host = await CarrierHost.StartAsync();
        using var answer = await host.PostAsync("status", Vector.Bytes("status-delivered.json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("delivered", Assert.Single(host.Ports.Receipts).Status);
    }

    [Theory]
    [InlineData("inbound")]
    [InlineData("status")]
    public async Task A_forgery_is_401_and_reaches_nobody(string kind)
    {
        await using var host = await CarrierHost.StartAsync();
        foreach (
            var token in (string[])
                [
                    "x",
                    CarrierHost.Token([1]),
                    CarrierHost.Token(Sms, "a wrong secret, long enough too"),
                ]
        )
        {
            using var answer = await host.PostAsync(kind, Sms, "Bearer " + token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Empty(
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            );
        }
        Assert.Equal(0, host.Ports.Calls);
    }

    [Fact]
    public async Task Without_a_signature_the_carrier_is_asked_to_come_again()
    {
        await using var host = await CarrierHost.StartAsync();
        using var answer = await host.PostAsync("inbound", Sms, authorization: null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(0, host.Ports.Calls);
    }

    [Fact]
    public async Task Without_our_secret_it_is_503_and_an_error_in_the_log()
    {
        await using var host = await CarrierHost.StartAsync(
            settings: ("Vonage:SignatureSecret", "")
        );
        using var answer = await host.PostAsync("inbound", Sms);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(host.Log.Lines, l => l.Level == LogLevel.Error);
        Assert.Equal(0, host.Ports.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_1_MiB_is_413_however_it_is_sent(bool chunked)
    {
        await using var host = await CarrierHost.StartAsync();
        var body = new byte[1024 * 1024 + 1];
        Array.Fill(body, (byte)' ');
        using var answer = await host.PostAsync(
            "inbound",
            body,
            "Bearer " + CarrierHost.Token(body),
            chunked
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(0, host.Ports.Calls);
    }

    [Fact]
    public async Task A_text_of_almost_1_MiB_is_taken()
    {
        await using var host = await CarrierHost.StartAsync();
        var said = new string('a', 1024 * 1024 - 100);
        var body = Encoding.UTF8.GetBytes(
            $$"""{"message_uuid":"u","from":"1","to":"2","text":"{{said}}"}"""
        );
        using var answer = await host.PostAsync(
            "inbound",
            body,
            "Bearer " + CarrierHost.Token(body),
            chunked: true
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(said, Assert.Single(host.Ports.Received).Text);
    }

    [Theory]
    [InlineData("inbound", "this is no JSON")]
    [InlineData("inbound", "")]
    [InlineData("inbound", "{\"message_uuid\":\"u\"}")]
    [InlineData("status", "{\"message_uuid\":\"u\"}")]
    [InlineData("status", "\0")]
    public async Task What_is_signed_but_not_understood_is_quarantined(string kind, string body)
    {
        await using var host = await CarrierHost.StartAsync();
        using var answer = await host.PostAsync(kind, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var kept = Assert.Single(host.Ports.Quarantined);
        Assert.Equal((kind, body.Replace('\0', '\ufffd')), (kept.Kind, kept.RawBody));
        Assert.NotEmpty(kept.Reason);
    }

    [Fact]
    public async Task JSON_nested_deeply_is_quarantined()
    {
        await using var host = await CarrierHost.StartAsync();
        foreach (var depth in (int[])[33, 400_000])
        {
            var body = new string('[', depth) + new string(']', depth);
            using var answer = await host.PostAsync("inbound", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(2, host.Ports.Quarantined.Count);
    }

    [Fact]
    public async Task A_text_with_half_an_emoji_is_not_lost()
    {
        await using var host = await CarrierHost.StartAsync();
        using var answer = await host.PostAsync(
            "inbound",
            """{"message_uuid":"u","from":"1","to":"2","text":"ok \ud83d"}"""
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ok \ufffd", Assert.Single(host.Ports.Received).Text);
    }

    [Theory]
    [InlineData("inbound")]
    [InlineData("status")]
    public async Task What_can_not_be_stored_is_503_and_the_log_keeps_silent_about_it(string kind)
    {
        await using var host = await CarrierHost.StartAsync();
        host.Ports.Before = () =>
            throw new InvalidOperationException("Hi, can Bella come 15550100201");
        foreach (var body in (byte[][])[Sms, "junk"u8.ToArray()])
        {
            using var answer = await host.PostAsync(kind, body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        Assert.Equal(2, host.Log.Lines.Count(l => l.Level == LogLevel.Error));
        Assert.DoesNotContain(
            host.Log.Lines,
            l =>
                l.Text.Contains("Bella", StringComparison.Ordinal)
                || l.Text.Contains("15550100201", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_is_not_stored_while_the_carrier_waits_is_asked_for_again()
    {
        await using var host = await CarrierHost.StartAsync();
        var never = new TaskCompletionSource();
        host.Ports.Before = () => never.Task;

        // It waits 15 s and is answered after 12; a slow machine may take longer to say so.
        using var answer = await host.PostAsync("inbound", Sms)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        never.SetResult();
    }

    [Fact]
    public async Task The_answer_waits_until_the_text_is_stored()
    {
        await using var host = await CarrierHost.StartAsync();
        var stored = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        host.Ports.Before = () =>
        {
            reached.SetResult();
            return stored.Task;
        };
        var answering = host.PostAsync("inbound", Sms);
        await reached.Task;
        // Long enough for an answer that does not wait: others are answered meanwhile.
        for (var i = 0; i < 20; i++)
        {
            using var other = await host.PostAsync("inbound", Sms, "Bearer forged");
            Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        }
        Assert.False(answering.IsCompleted);
        stored.SetResult();
        using var answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
