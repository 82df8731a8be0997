using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Operations;

public sealed class QuietLogTests
{
    /// <summary>What must never stand in a log: texts, names, numbers, keys.</summary>
    private const string Word = "Zanzibar";
    private const string Number = "14155550134";

    [Fact]
    public async Task No_text_no_number_and_no_key_is_ever_logged()
    {
        var log = new RecordingLog();
        string key;
        await using (
            var app = await InboxApp.StartAsync(
                adjust: builder =>
                    builder.Services.AddLogging(logging =>
                        logging
                            .AddProvider(log)
                            .AddFilter<RecordingLog>("", LogLevel.Debug)
                            // Kestrel and routing at Debug name the addresses that are asked for.
                            .AddFilter<RecordingLog>("Microsoft.AspNetCore", LogLevel.Warning)
                    ),
                settings: ("Demo:Enabled", "true")
            )
        )
        {
            using var api = await app.ApiClientAsync("read", "write", "manage");
            key = api.Key;
            using var received = await app.ReceiveAsync(Number, $"{Word}, please");
            using var again = await app.ReceiveAsync(Number, $"{Word}, please", "same");
            using var twice = await app.ReceiveAsync(Number, $"{Word}, please", "same");
            using var unknown = await app.PostWebhookAsync(
                "inbound",
                $"{{\"{Word}\":\"{Number}\"}}"
            );
            using var forged = await app.Http.PostAsync(
                "webhooks/vonage/inbound",
                new StringContent(Word + Number),
                TestContext.Current.CancellationToken
            );
            var found = await api.GetAsync($"conversations?q={Number}");
            var id = found.GetProperty("items")[0].GetProperty("id").GetString();
            await api.PostAsync($"conversations/{id}/messages", new { text = Word }, 202, "once");
            await api.PostAsync($"conversations/{id}/messages", new { text = 5 }, 400);
            await api.PostAsync(
                "clients",
                new
                {
                    firstName = Word,
                    lastName = Word,
                    phones = new[] { new { number = "+" + Number, type = "mobile" } },
                },
                201
            );
            await api.PostAsync("conversations", new { number = "+" + Number + "x" }, 400);
            using var stop = await app.ReceiveAsync(Number, "STOP");
            await api.PostAsync($"conversations/{id}/messages", new { text = Word }, 422);
            await api.SendAsync(HttpMethod.Delete, $"conversations/{id}", status: 204);
        }

        Assert.NotEmpty(log.Lines);
        Assert.Contains(log.Lines, l => l.Text.Contains("INSERT INTO", StringComparison.Ordinal));
        foreach (var secret in (string[])[Word, Number, Number[1..], Number[4..], key])
        {
            Assert.DoesNotContain(
                log.Lines,
                l => l.Text.Contains(secret, StringComparison.OrdinalIgnoreCase)
            );
        }
    }
}
