using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

/// <summary>
/// Every way by which a text can come into the outbox, tried against a number without consent and against one that opted
/// out: nothing reaches the carrier. Who adds a way adds it to <see cref="Ways"/>; until then the first test fails.
/// </summary>
public sealed class NoWayAroundTests
{
    private const string Product = "Clinic.Inbox.";

    /// <summary>
    /// By the type that calls <see cref="Outbox.EnqueueAsync"/>: what makes it do so. A way has to show that it was really
    /// tried: that something was refused, or that there was nothing it would have answered.
    /// </summary>
    private static readonly Dictionary<string, Func<Practice, Scene, Task>> Ways = new(
        StringComparer.Ordinal
    )
    {
        // Staff in the inbox, and the REST API.
        ["Conversations.ConversationDesk"] = StaffWriteAsync,
        // Answers to STOP, START and HELP: only to who has just texted one of them.
        ["Conversations.KeywordAnswers"] = AnOrdinaryTextComesAsync,
        // Confirmations, reminders, pre-visit forms.
        ["Reminders.ReminderLetter"] = AVisitIsBookedAsync,
        // The closed clinic's answer.
        ["AfterHours.AfterHoursAnswer"] = ATextComesAtNightAsync,
        // The public form's one text.
        ["ConsentPages.OptInDesk"] = TheFormIsSentAsync,
        // Forms, statements, files, updates.
        ["Documents.DocumentDesk"] = ADocumentIsSentAsync,
        // "This number is not read".
        ["AddOns.NotReadAnswering"] = ATextComesToAOneWayLineAsync,
        // Staff ask for consent in a conversation.
        ["ConsentPages.ConsentAsking"] = StaffAskAsync,
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_way_into_the_outbox_is_tried_below()
    {
        Assert.Equal(
            Ways.Keys.Select(name => Product + name).Order(StringComparer.Ordinal),
            CallersOf.Method(typeof(Outbox).FullName!, nameof(Outbox.EnqueueAsync))
        );
    }

    [Fact]
    public void Nobody_but_the_outbox_makes_a_text_that_leaves()
    {
        Assert.Equal(
            [
                // Rows of a past that never was; nothing of it waits.
                Product + "Demo.DemoSent",
                // A client's own text.
                Product + "Conversations.Message",
                Product + "Conversations.Outbox",
            ],
            CallersOf
                .Method(typeof(Message).FullName!, ".ctor")
                .OrderByDescending(name => name.Contains("Demo", StringComparison.Ordinal))
                .ThenBy(name => name, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Nobody_but_the_sender_speaks_to_the_carrier()
    {
        Assert.Equal(
            [Product + "Conversations.Sending"],
            CallersOf.Method(typeof(ICarrier).FullName!, nameof(ICarrier.SendAsync))
        );
        // And it sends what was claimed, which asks the gate.
        Assert.Equal(
            [Product + "Conversations.Sending"],
            CallersOf.Method(Product + "Conversations.Claiming", "ClaimAsync")
        );
        Assert.Equal(
            [Product + "Conversations.Claiming"],
            CallersOf
                .Method(typeof(Message).FullName!, nameof(Message.MarkSending))
                .Except([Product + "Demo.DemoSent"])
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task To_a_number_without_consent_nothing_leaves(string way)
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var phone = practice.Phone;

        await Ways[way](practice, phone);

        await phone.UntilQuietAsync();
        await OnlyWhatWasAskedForAsync(phone, way);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task To_a_number_that_opted_out_nothing_leaves(string way)
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var phone = practice.Phone;
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.HearsAsync("STOP");
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        // Consent lifts no opt-out.
        await phone.ConsentsAsync(client.Id);

        await Ways[way](practice, phone);

        await phone.UntilQuietAsync();
        Assert.Single(phone.Carrier.To(phone.Number.Value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_queued_before_a_stop_does_not_leave_after_it(string way)
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var phone = practice.Phone;
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.PausesAsync();
        var id = Assert
            .IsType<EnqueueResult.Queued>(await phone.EnqueueAsync(way, KindOf(way)))
            .Message.Id;
        await phone.HearsAsync("STOP");

        await phone.ResumesAsync();

        // The confirmation alone.
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carrier.To(phone.Number.Value));
        // Sending it again asks the gate again.
        await phone.Desk.RetryAsync(id, Scene.Receptionist, Cancellation);
        await phone.UntilAsync(id, MessageState.Failed);
        Assert.Single(phone.Carrier.To(phone.Number.Value));
    }

    [Fact]
    public async Task Whatever_kind_and_purpose_the_outbox_refuses_it()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var cold = await walk.SceneAsync();
        var gone = cold.AnotherPhone();
        await gone.HearsAsync("STOP");
        foreach (var kind in Enum.GetValues<MessageKind>())
        {
            foreach (var purpose in Enum.GetValues<Purpose>().Except([Purpose.KeywordReply]))
            {
                Assert.Equal(
                    GateDecision.NoConsent,
                    Assert
                        .IsType<EnqueueResult.Refused>(await cold.EnqueueAsync("Hi", kind, purpose))
                        .Code
                );
                Assert.Equal(
                    GateDecision.OptedOut,
                    Assert
                        .IsType<EnqueueResult.Refused>(await gone.EnqueueAsync("Hi", kind, purpose))
                        .Code
                );
            }
        }
        await cold.UntilQuietAsync();
        Assert.Empty(cold.Carried);
    }

    private static MessageKind KindOf(string way) =>
        way switch
        {
            "Conversations.ConversationDesk" => MessageKind.Conversation,
            "AfterHours.AfterHoursAnswer" => MessageKind.AutoResponse,
            _ => MessageKind.Reminder,
        };

    /// <summary>
    /// The form's text asks a number that somebody entered just now; who texted first may be answered. Anything else needs
    /// consent.
    /// </summary>
    private static async Task OnlyWhatWasAskedForAsync(Scene phone, string way)
    {
        var carried = phone.Carrier.To(phone.Number.Value);
        switch (way)
        {
            case "ConsentPages.OptInDesk":
                Assert.Contains("Reply YES", Assert.Single(carried).Text, StringComparison.Ordinal);
                break;
            case "AfterHours.AfterHoursAnswer":
                Assert.Contains(
                    "We are closed",
                    Assert.Single(carried).Text,
                    StringComparison.Ordinal
                );
                // And the next one, which answers nothing, does not leave.
                Assert.IsType<EnqueueResult.Refused>(await phone.EnqueueAsync("Bella is due."));
                break;
            case "AddOns.NotReadAnswering":
                Assert.Contains(
                    "are not read",
                    Assert.Single(carried).Text,
                    StringComparison.Ordinal
                );
                break;
            default:
                Assert.Empty(carried);
                break;
        }
    }

    private static async Task StaffWriteAsync(Practice practice, Scene phone)
    {
        var (row, _) = await phone.Desk.StartAsync(
            phone.Line.Id,
            phone.Number,
            clientId: null,
            Cancellation
        );
        Assert.IsType<EnqueueResult.Refused>(
            await phone.Desk.SendAsync(row.Id, "Hi", [], Scene.Receptionist, Cancellation)
        );
        using var api = await phone.App.ApiClientAsync("read", "write");
        await api.FailAsync(
            HttpMethod.Post,
            $"conversations/{row.Id}/messages",
            new { text = "Hi" },
            422,
            (await phone.Queries.ComposerAsync(row.Id, Cancellation))!.Gate.Code
        );
    }

    private static async Task StaffAskAsync(Practice practice, Scene phone)
    {
        await using var db = phone.App.Db();
        var known = await db.Clients.FirstOrDefaultAsync(
            c => c.Phones.Any(p => p.Number == phone.Number),
            Cancellation
        );
        var client = known ?? await phone.ClientAsync("Ben", "Cole");
        var (row, _) = await phone.Desk.StartAsync(
            phone.Line.Id,
            phone.Number,
            client.Id,
            Cancellation
        );
        Assert.NotNull(
            await phone.App.Get<ConsentAsking>().AskAsync(row.Id, Scene.Receptionist, Cancellation)
        );
    }

    private static async Task AnOrdinaryTextComesAsync(Practice practice, Scene phone)
    {
        await phone.HearsAsync("Thank you, see you on Friday");
        // Said again, STOP is obeyed again and not confirmed again.
        if ((await phone.StandingAsync())!.IsOptedOut)
        {
            await phone.HearsAsync("STOP");
        }
    }

    private static async Task AVisitIsBookedAsync(Practice practice, Scene phone)
    {
        await using var db = phone.App.Db();
        var known = await db.Clients.FirstOrDefaultAsync(
            c => c.Phones.Any(p => p.Number == phone.Number),
            Cancellation
        );
        var client = known ?? await phone.ClientAsync("Ben", "Cole");
        // STOP also says so in the profile: the gate must do without it.
        await db
            .Clients.Where(c => c.Id == client.Id)
            .ExecuteUpdateAsync(
                c => c.SetProperty(x => x.ReminderPreference, ReminderPreference.Sms),
                Cancellation
            );
        var patient = await practice.PatientAsync(client, "Bella");
        await practice.BookAsync(
            client,
            patient,
            practice.Next(NodaTime.IsoDayOfWeek.Friday, 15),
            confirm: true
        );
        await practice.UntilNothingWaitsAsync();
        Assert.Contains(
            await practice.PlannedAsync(client),
            p => p.State == ReminderState.Skipped && p.Reason.Length > 0
        );
    }

    private static async Task ATextComesAtNightAsync(Practice practice, Scene phone)
    {
        var today = Practice.Local(practice.Now).Date.ToDateOnly();
        await phone
            .App.Get<HoursBook>()
            .AddClosuresAsync([(today, today, "Closed")], Scene.Receptionist, Cancellation);
        await phone
            .App.Get<AfterHoursBook>()
            .SaveAsync(
                AfterHoursSettings.Default with
                {
                    AutoResponse = true,
                },
                Scene.Receptionist,
                Cancellation
            );
        await phone.HearsAsync("Are you open?");
    }

    private static async Task ADocumentIsSentAsync(Practice practice, Scene phone)
    {
        await using var db = phone.App.Db();
        var client =
            await db.Clients.FirstOrDefaultAsync(
                c => c.Phones.Any(p => p.Number == phone.Number),
                Cancellation
            ) ?? await phone.ClientAsync("Ben", "Cole");
        Assert.IsType<DocumentResult.Refused>(
            await phone
                .App.Get<DocumentDesk>()
                .SendAsync(
                    new DocumentDraft(
                        client.Id,
                        new DocumentContent.Update("All went well", Photo: null)
                    ),
                    Scene.Receptionist,
                    Cancellation
                )
        );
        Assert.False(await db.SharedDocuments.AnyAsync(Cancellation));
    }

    private static async Task ATextComesToAOneWayLineAsync(Practice practice, Scene phone)
    {
        await using var db = phone.App.Db();
        await db
            .Lines.Where(l => l.Id == phone.Line.Id)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.AddOn, AddOn.OneWay), Cancellation);
        await phone.TextsAsync("Is Bella ready?");
    }

    private static async Task TheFormIsSentAsync(Practice practice, Scene phone)
    {
        var desk = phone.App.Get<OptInDesk>();
        var seal = (await desk.OfferAsync(Cancellation)).Seal;
        var form = new OptInForm(
            "Ana Cole",
            phone.Number.Value,
            Transactional: true,
            Marketing: true,
            seal
        );
        Assert.IsType<OptInResult.Taken>(await desk.TakeAsync(form, Cancellation));
    }
}
