using System.Net;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>What the app does when the carrier fails it.</summary>
public sealed class CarrierFaultTests
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_throttled_line_waits_as_told_and_then_sends_once()
    {
        await using var app = await StartWithTextAsync();
        await FaultAsync(app, new { status = 429, retryAfter = 120 });

        var id = await app.ReplyAsync(Phone, "On our way");
        await FaultsAreUsedUpAsync(app);
        await app.BecomesAsync(id, MessageState.Queued);
        Assert.Empty(await app.ItemsAsync("messages"));

        // The wait is on the demo clock: two minutes pass at once, as often as needed until the line is waiting.
        await DeliveredByMovingTheClockAsync(app, id, TimeSpan.FromSeconds(120));

        Assert.Single(await app.ItemsAsync("messages"));
    }

    [Fact]
    public async Task A_carrier_error_leaves_a_text_unconfirmed_and_is_never_sent_again_by_itself()
    {
        await using var app = await StartWithTextAsync();
        await FaultAsync(app, new { status = 500 });

        var id = await app.ReplyAsync(Phone, "On our way");
        await app.BecomesAsync(id, MessageState.Unconfirmed);
        var next = await app.ReplyAsync(Phone, "Nearly there");
        await DeliveredByMovingTheClockAsync(app, next, TimeSpan.FromMinutes(1));

        Assert.Equal(
            next.ToString(),
            Assert.Single(await app.ItemsAsync("messages")).Text("client_ref")
        );
        await app.BecomesAsync(id, MessageState.Unconfirmed);
    }

    [Fact]
    public async Task A_text_whose_answer_was_lost_is_settled_by_its_receipt_and_reaches_the_phone_once()
    {
        await using var app = await StartWithTextAsync();
        await FaultAsync(app, new { dropAfterAccept = true });

        var id = await app.ReplyAsync(Phone, "On our way");
        var message = await app.BecomesAsync(id, MessageState.Delivered);

        var sent = Assert.Single(await app.ItemsAsync("messages"));
        Assert.Equal(sent.Text("message_uuid"), message.CarrierId);
        Assert.Equal(2, (await app.ItemsAsync($"handsets/{Phone}/messages")).Length);
    }

    [Fact]
    public async Task A_lost_answer_shows_as_unconfirmed_until_the_receipt_comes()
    {
        await using var app = await InboxApp.StartAsync(
            settings: [("Simulator:SubmittedAfterMs", "60000")]
        );
        await app.TextTheClinicAsync(Phone, "Hello");
        await FaultAsync(app, new { dropAfterAccept = true });

        var id = await app.ReplyAsync(Phone, "On our way");
        await app.BecomesAsync(id, MessageState.Unconfirmed);
        await DeliveredByMovingTheClockAsync(app, id, TimeSpan.FromMinutes(1));

        Assert.Single(await app.ItemsAsync("messages"));
    }

    [Fact]
    public async Task A_jump_of_the_clock_cuts_off_no_request()
    {
        await using var app = await SimulatorClient.StartAsync();
        await FaultAsync(app, new { delayMs = 1_000 });

        var sending = app.Get<ICarrier>()
            .SendAsync(
                new OutgoingText("a", InboxApp.Line, Phone, "On our way", []),
                TestContext.Current.CancellationToken
            );
        await FaultsAreUsedUpAsync(app);
        app.Clock.Advance(TimeSpan.FromHours(1));

        Assert.IsType<SendOutcome.Accepted>(await sending);
    }

    [Fact]
    public async Task A_text_whose_sender_hung_up_is_sent_all_the_same()
    {
        await using var app = await SimulatorClient.StartAsync();
        // Long enough to hang up in time.
        await FaultAsync(app, new { delayMs = 5_000 });
        using var impatient = new CancellationTokenSource();

        var sending = app.Get<ICarrier>()
            .SendAsync(
                new OutgoingText("a", InboxApp.Line, Phone, "On our way", []),
                impatient.Token
            );
        await FaultsAreUsedUpAsync(app);
        await impatient.CancelAsync();

        Assert.IsType<SendOutcome.Unconfirmed>(await sending);
        await Eventually.IsTrueAsync(
            async () => (await app.ItemsAsync($"handsets/{Phone}/messages")).Length == 1,
            "the phone has it"
        );
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(422)]
    public async Task A_refused_text_fails_in_plain_words(int status)
    {
        await using var app = await StartWithTextAsync();
        await FaultAsync(app, new { status });

        var id = await app.ReplyAsync(Phone, "On our way");
        var message = await app.BecomesAsync(id, MessageState.Failed);

        Assert.Contains("administrator", message.Error, StringComparison.Ordinal);
        Assert.Empty(await app.ItemsAsync("messages"));
    }

    [Fact]
    public async Task Without_credit_the_line_pauses_and_says_so_and_the_text_leaves_once_it_is_resumed()
    {
        const string Reason = "The texting account has no credit left.";
        await using var app = await StartWithTextAsync();
        using var boss = await app.UserAsync(Roles.Administrator);
        Assert.DoesNotContain(Reason, await boss.Http.GetStringAsync("settings", Cancellation));
        await FaultAsync(app, new { status = 402 });

        var id = await app.ReplyAsync(Phone, "On our way");
        var line = await Eventually.GetAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.Lines.SingleOrDefaultAsync(
                    l => l.PausedReason != null,
                    Cancellation
                );
            },
            "the line pauses"
        );

        await app.BecomesAsync(id, MessageState.Queued);
        Assert.Empty(await app.ItemsAsync("messages"));
        var standing = (await app.Get<StandingBoard>().LookAsync(Cancellation)).Single(s =>
            s.Title == "Texting"
        );
        Assert.Equal(StandingLevel.Attention, standing.Level);
        Assert.Contains(Reason, standing.Text, StringComparison.Ordinal);
        // What administrators read on the first page of the settings, and where they resume it.
        foreach (var page in (string[])["settings", "settings/lines", "settings/add-ons"])
        {
            Assert.Contains(Reason, await boss.Http.GetStringAsync(page, Cancellation));
        }
        await app.Get<LineBook>().ResumeAsync(line.Id, Scene.Receptionist, Cancellation);
        await app.BecomesAsync(id, MessageState.Delivered);
        Assert.Single(await app.ItemsAsync("messages"));
    }

    [Fact]
    public async Task A_fault_counts_its_calls_and_can_be_cleared()
    {
        await using var app = await SimulatorClient.StartAsync();
        await FaultAsync(
            app,
            new
            {
                status = 429,
                retryAfter = 1,
                count = 3,
            }
        );
        await FaultAsync(app, new { delayMs = 10 });

        var waiting = await app.ItemsAsync("faults");
        Assert.Equal(2, waiting.Length);
        Assert.Equal(3, waiting[0].GetProperty("count").GetInt32());

        using var cleared = await app.Http.DeleteAsync(
            "simulator/faults",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        Assert.Empty(await app.ItemsAsync("faults"));
    }

    private static async Task<InboxApp> StartWithTextAsync()
    {
        var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Hello");
        return app;
    }

    private static async Task FaultAsync(InboxApp app, object fault)
    {
        using var answer = await app.PostAsync("faults", fault);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task FaultsAreUsedUpAsync(InboxApp app) =>
        Eventually.IsTrueAsync(
            async () => (await app.ItemsAsync("faults")).Length == 0,
            "the fault met its call"
        );

    private static Task DeliveredByMovingTheClockAsync(InboxApp app, Id<Message> id, TimeSpan by) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                app.Clock.Advance(by);
                await using var db = app.Db();
                return await db.Messages.AnyAsync(
                    m => m.Id == id && m.State == MessageState.Delivered,
                    TestContext.Current.CancellationToken
                );
            },
            "the text is delivered"
        );
}
