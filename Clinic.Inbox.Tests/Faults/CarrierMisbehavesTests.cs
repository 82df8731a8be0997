using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>
/// The carrier does what carriers do on bad days, over HTTP, by its simulator. What single answers come to is tested in
/// <c>CarrierTroubleTests</c> and <c>CarrierFaultTests</c>.
/// </summary>
public sealed class CarrierMisbehavesTests
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("twice")]
    [InlineData("backwards")]
    [InlineData("strangers")]
    [InlineData("late")]
    public async Task However_receipts_come_a_text_ends_delivered_and_was_sent_once(string receipts)
    {
        await using var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Hello");
        await FaultAsync(app, new { receipts });

        var id = await app.ReplyAsync(Phone, "On our way");
        if (receipts == "late")
        {
            await app.BecomesAsync(id, MessageState.Sent);
            await UntilOnPhoneAsync(app, 2);
            await Eventually.IsTrueAsync(
                async () =>
                {
                    app.Clock.Advance(TimeSpan.FromDays(1));
                    await using var db = app.Db();
                    return (await db.Messages.SingleAsync(m => m.Id == id, Cancellation)).State
                        != MessageState.Sent;
                },
                "the receipts come"
            );
        }

        await app.BecomesAsync(id, MessageState.Delivered);
        // Whatever still comes changes nothing.
        var next = await app.ReplyAsync(Phone, "Nearly there");
        await app.BecomesAsync(next, MessageState.Delivered);
        await app.BecomesAsync(id, MessageState.Delivered);
        Assert.Equal(2, (await app.ItemsAsync("messages")).Length);
        await using var look = app.Db();
        await Eventually.IsTrueAsync(
            async () =>
                await look.ParkedReceipts.CountAsync(Cancellation)
                == (receipts == "strangers" ? 2 : 0),
            "what belongs to nothing is put aside, and nothing else"
        );
        Assert.Equal(0, await look.Quarantine.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Without_any_receipt_a_text_stays_sent_and_is_not_sent_again()
    {
        await using var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Hello");
        await FaultAsync(app, new { receipts = "never" });
        var id = await app.ReplyAsync(Phone, "On our way");
        await UntilOnPhoneAsync(app, 2);

        app.Clock.Advance(TimeSpan.FromDays(3));
        var next = await app.ReplyAsync(Phone, "Nearly there");
        await app.BecomesAsync(next, MessageState.Delivered);

        await app.BecomesAsync(id, MessageState.Sent);
        Assert.Equal(2, (await app.ItemsAsync("messages")).Length);
    }

    [Fact]
    public async Task After_a_day_of_silence_everything_comes_at_once_and_each_is_there_once()
    {
        const int Phones = 60;
        await using var app = await SimulatorClient.StartAsync();
        var phones = Enumerable.Range(0, Phones).Select(i => $"1415555{2_000 + i}").ToList();
        foreach (var phone in phones)
        {
            await app.TextTheClinicAsync(phone, "Hello");
        }
        using (var silence = await app.PostAsync("silence", new { @for = "PT24H" }))
        {
            Assert.Equal(HttpStatusCode.OK, silence.StatusCode);
        }
        var sent = new List<Id<Message>>();
        foreach (var phone in phones)
        {
            sent.Add(await app.ReplyAsync(phone, "Rosa here"));
            using var answer = await app.PostAsync(
                $"handsets/{phone}/send",
                new { text = "Are you there?" }
            );
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal(JsonValueKind.Null, json.GetProperty("status").ValueKind);
        }
        // All have left, and nothing was heard of them.
        await Eventually.IsTrueAsync(
            async () => await StatesAsync(app) is [(MessageState.Sent, Phones)],
            "every text is sent and no more is known"
        );

        app.Clock.Advance(TimeSpan.FromDays(1));

        await Eventually.IsTrueAsync(
            async () => await StatesAsync(app) is [(MessageState.Delivered, Phones)],
            "every receipt has come"
        );
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.Messages.CountAsync(
                        m => m.Direction == MessageDirection.Inbound,
                        Cancellation
                    )
                    == 2 * Phones;
            },
            "every text has come"
        );
        await using var look = app.Db();
        var rows = await look.Conversations.AsNoTracking().ToListAsync(Cancellation);
        Assert.Equal(Phones, rows.Count);
        Assert.All(rows, row => Assert.Equal(2, row.Unread));
        Assert.Equal(Phones, (await app.ItemsAsync("messages")).Length);
        Assert.Equal(
            Phones,
            (await app.ItemsAsync("messages")).Select(m => m.Text("client_ref")).Distinct().Count()
        );
    }

    [Fact]
    public async Task Thirty_seconds_without_an_answer_cost_one_text_its_certainty_and_nobody_else_anything()
    {
        await using var app = await SimulatorClient.StartAsync();
        const string Other = "14155550135";
        await app.TextTheClinicAsync(Phone, "Hello");
        await app.TextTheClinicAsync(Other, "Hello");
        await FaultAsync(app, new { delayMs = 30_000 });

        var slow = await app.ReplyAsync(Phone, "On our way");
        await Eventually.IsTrueAsync(
            async () => (await app.ItemsAsync("faults")).Length == 0,
            "the slow call has begun"
        );
        var quick = await app.ReplyAsync(Other, "She is ready");

        var left = await app.BecomesAsync(quick, MessageState.Delivered);
        // We wait 10 s for an answer.
        var waited = await app.BecomesAsync(slow, MessageState.Unconfirmed);
        Assert.InRange(
            left.AttemptedAt!.Value - waited.AttemptedAt!.Value,
            TimeSpan.Zero,
            TimeSpan.FromSeconds(9)
        );
        // The carrier took it in the end, and its receipt says so.
        await app.BecomesAsync(slow, MessageState.Delivered);
        Assert.Equal(2, (await app.ItemsAsync("messages")).Length);
    }

    [Fact]
    public async Task After_a_key_was_changed_texts_fail_in_plain_words_and_leave_with_the_new_one()
    {
        await using var folder = new TemporaryFolder();
        var (old, fresh) = (folder.Key("old"), folder.Key("new"));
        var port = AppProcess.FreePort();
        (string, string)[] account =
        [
            ("Vonage:ApplicationId", Guid.NewGuid().ToString()),
            ("Vonage:SignatureSecret", CarrierHost.Secret),
        ];
        var carrier = await CarrierAsync(old);
        var clinic = await ClinicAsync(old);
        using (var taken = await clinic.ReceiveAsync(Phone, "Hello"))
        {
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        }
        await clinic.BecomesAsync(await clinic.ReplyAsync(Phone, "On our way"), MessageState.Sent);
        await carrier.DisposeAsync();
        carrier = await CarrierAsync(fresh);

        var id = await clinic.ReplyAsync(Phone, "Nearly there");

        var failed = await clinic.BecomesAsync(id, MessageState.Failed);
        Assert.Contains("administrator", failed.Error, StringComparison.Ordinal);
        Assert.Empty(await carrier.ItemsAsync("messages"));
        await clinic.DisposeAsync();
        clinic = await ClinicAsync(fresh);
        await clinic.Get<ConversationDesk>().RetryAsync(id, Scene.Receptionist, Cancellation);
        await clinic.BecomesAsync(id, MessageState.Sent);
        Assert.Single(await carrier.ItemsAsync("messages"));
        await clinic.DisposeAsync();
        await carrier.DisposeAsync();

        Task<InboxApp> CarrierAsync(string key) =>
            InboxApp.StartAsync(
                settings:
                [
                    ("urls", $"http://127.0.0.1:{port}"),
                    ("Vonage:PrivateKeyFile", key),
                    // Receipts would go to a clinic that has no address of its own here.
                    ("Simulator:SubmittedAfterMs", "60000"),
                    .. account,
                ]
            );

        Task<InboxApp> ClinicAsync(string key) =>
            InboxApp.StartAsync(
                settings:
                [
                    ("ConnectionStrings:Inbox", $"Data Source={folder.File("inbox.db")}"),
                    ("Vonage:BaseUrl", $"http://127.0.0.1:{port}/simulator"),
                    ("Vonage:PrivateKeyFile", key),
                    .. account,
                ]
            );
    }

    private static async Task FaultAsync(InboxApp app, object fault)
    {
        using var answer = await app.PostAsync("faults", fault);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task UntilOnPhoneAsync(InboxApp app, int count) =>
        Eventually.IsTrueAsync(
            async () => (await app.ItemsAsync($"handsets/{Phone}/messages")).Length == count,
            "the phone has it"
        );

    /// <summary>The states of all that was sent, with how many are in each.</summary>
    private static async Task<(MessageState State, int Count)[]> StatesAsync(InboxApp app)
    {
        await using var db = app.Db();
        var states = await db
            .Messages.Where(m => m.Direction == MessageDirection.Outbound)
            .Select(m => m.State)
            .ToListAsync(Cancellation);
        return [.. states.GroupBy(s => s).Select(g => (g.Key, g.Count()))];
    }

    private sealed class TemporaryFolder : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inbox-keys");

        public string File(string name) => Path.Combine(_folder.FullName, name);

        /// <summary>A file with a new private key.</summary>
        public string Key(string name)
        {
            using var key = RSA.Create(2048);
            System.IO.File.WriteAllText(File(name), key.ExportPkcs8PrivateKeyPem());
            return File(name);
        }

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
