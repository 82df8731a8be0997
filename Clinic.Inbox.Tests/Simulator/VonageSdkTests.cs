using System.Text.Json;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>The proof that the simulator is faithful: Vonage's own Node SDK is content with it.</summary>
public sealed class VonageSdkTests
{
    [Fact]
    public async Task Vonages_own_SDK_sends_through_the_simulator_and_verifies_its_webhooks()
    {
        await using var node = await NodeFolder.InstallAsync();
        await using var app = await SimulatorClient.StartAsync();
        var account = app.Get<IOptionsMonitor<VonageOptions>>().CurrentValue;

        var result = await node.RunAsync(
            "check.mjs",
            new
            {
                apiHost = $"{app.Address}simulator",
                applicationId = account.ApplicationId,
                privateKey = account.PrivateKey,
                secret = account.SignatureSecret,
                from = InboxApp.Line,
                to = "14155550134",
                image = $"{app.Address}simulator/media/paw.jpg",
                file = $"{app.Address}simulator/media/records.pdf",
            }
        );

        var sent = result.GetProperty("sent").EnumerateArray().ToList();
        Assert.Equal(["sms", "image", "file", "content"], sent.Select(s => s.Text("kind")));
        var callbacks = result.GetProperty("callbacks").EnumerateArray().ToList();
        foreach (var message in sent)
        {
            var own = callbacks.Where(c => c.Text("message_uuid") == message.Text("messageUuid"));
            Assert.Equal(["submitted", "delivered"], own.Select(c => c.Text("status")));
        }
        Assert.All(
            callbacks,
            callback =>
            {
                Assert.True(callback.GetProperty("verified").GetBoolean());
                Assert.False(callback.GetProperty("verifiedWithWrongSecret").GetBoolean());
                Assert.True(callback.GetProperty("hashMatches").GetBoolean());
                Assert.Equal("Vonage", callback.Text("issuer"));
                Assert.Equal("sdk-check", callback.Text("client_ref"));
            }
        );
        Assert.Equal(401, result.GetProperty("refused").GetProperty("status").GetInt32());
        Assert.Equal(422, result.GetProperty("invalid").GetProperty("status").GetInt32());
        Assert.Equal("Invalid params", result.GetProperty("invalid").Text("title"));
        await ThePhoneShowsAsync(app);
    }

    private static async Task ThePhoneShowsAsync(InboxApp app)
    {
        var shown = await app.ItemsAsync("handsets/14155550134/messages");
        // No order is promised between texts.
        Assert.Equal(
            new HashSet<string>
            {
                "Is Bella ready? 🐶",
                "His paw this morning",
                "Her records",
                "His paw this morning\nHer records",
            },
            shown.Select(m => m.Text("text")).ToHashSet()
        );
        // The media was fetched as the carrier does it, and lies with the carrier now.
        foreach (var file in shown.SelectMany(m => m.GetProperty("media").EnumerateArray()))
        {
            using var answer = await app.Http.GetAsync(
                file.Text("url"),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(
                file.Text("type") == "image" ? "image/jpeg" : "application/pdf",
                answer.Content.Headers.ContentType?.MediaType
            );
        }
    }
}
