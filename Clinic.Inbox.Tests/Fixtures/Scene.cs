using System.Net;
using System.Text.Json;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>One phone and one line that it texts with, in the clinic's words.</summary>
internal sealed class Scene(Walk walk, Line line, PhoneNumber number)
{
    public static readonly Actor Receptionist = new("user-1", "Rosa Diaz");

    public Line Line => line;
    public PhoneNumber Number => number;
    public InboxApp App => walk.App;
    public FakeCarrier Carrier => walk.Carrier;
    public ConversationDesk Desk => App.Get<ConversationDesk>();
    public InboxQueries Queries => App.Get<InboxQueries>();
    public DateTimeOffset Now => App.Get<TimeProvider>().GetUtcNow();

    /// <summary>What left for this phone.</summary>
    public IReadOnlyList<CarriedText> Carried =>
        [.. Carrier.To(number.Value).Where(t => t.From == line.Number.Digits)];

    /// <summary>What the screens were told of this phone's conversations.</summary>
    public IReadOnlyList<InboxEvent.ConversationChanged> Told =>
        [
            .. walk
                .Told.OfType<InboxEvent.ConversationChanged>()
                .Where(c => c.Row.Number == number && c.Row.LineId == line.Id),
        ];

    /// <summary>Another phone on the same line.</summary>
    public Scene AnotherPhone() => new(walk, line, Walk.NewNumber());

    /// <summary>The same phone on another line.</summary>
    public async Task<Scene> OnAnotherLineAsync() => new(walk, await walk.AddLineAsync(), number);

    /// <summary>The client texts; the carrier brings it and is answered, and the screens are told.</summary>
    public async Task<HttpStatusCode> TextsAsync(
        string text,
        string? uuid = null,
        DateTimeOffset? at = null
    )
    {
        using var answer = await App.ReceiveAsync(
            number.Digits,
            text,
            uuid,
            line.Number.Digits,
            at
        );
        await App.UntilToldAsync();
        return answer.StatusCode;
    }

    /// <summary>The client texts, and the open conversation is returned.</summary>
    public async Task<ConversationRow> HearsAsync(string text)
    {
        Assert.Equal(HttpStatusCode.OK, await TextsAsync(text));
        return await RowAsync();
    }

    public async Task<ConversationRow?> OpenRowAsync()
    {
        await using var db = App.Db();
        var open = await db
            .Conversations.AsNoTracking()
            .SingleOrDefaultAsync(c =>
                c.LineId == line.Id && c.Number == number && c.State == ConversationState.Open
            );
        return open is null ? null : ConversationRow.Of(open);
    }

    public async Task<ConversationRow> RowAsync() =>
        await OpenRowAsync() ?? throw new InvalidOperationException("No conversation is open.");

    public async Task<IReadOnlyList<MessageView>> ThreadAsync() =>
        await Queries.ThreadAsync((await RowAsync()).Id, null, 200, default);

    /// <summary>Staff answer in the open conversation.</summary>
    public async Task<Id<Message>> AnswersAsync(string text) =>
        Assert
            .IsType<EnqueueResult.Queued>(
                await Desk.SendAsync((await RowAsync()).Id, text, [], Receptionist, default)
            )
            .Message.Id;

    /// <summary>Anything into the outbox, as a job does it.</summary>
    public Task<EnqueueResult> EnqueueAsync(
        string text,
        MessageKind kind = MessageKind.Reminder,
        Purpose purpose = Purpose.Transactional
    ) =>
        App.Get<InboxWriter>()
            .RunAsync(
                session =>
                    Outbox.EnqueueAsync(
                        session,
                        new Draft(line, number, kind, purpose, text),
                        default
                    ),
                default
            );

    public async Task<Id<Message>> RemindsAsync(string text) =>
        Assert.IsType<EnqueueResult.Queued>(await EnqueueAsync(text)).Message.Id;

    public async Task<Message> MessageAsync(Id<Message> id)
    {
        await using var db = App.Db();
        return await db.Messages.AsNoTracking().SingleAsync(m => m.Id == id);
    }

    /// <summary>Waits until a text is in that state.</summary>
    public Task<Message> UntilAsync(Id<Message> id, MessageState state) =>
        Eventually.GetAsync(
            async () => await MessageAsync(id) is var m && m.State == state ? m : null,
            $"the text becomes {state}"
        );

    /// <summary>The line stops sending until <see cref="ResumesAsync"/>: what is queued meanwhile waits.</summary>
    public Task PausesAsync() =>
        App.Get<InboxWriter>()
            .RunAsync(
                async session =>
                {
                    (await session.Db.Lines.SingleAsync(l => l.Id == line.Id)).Pause("Test");
                    await session.Db.SaveChangesAsync();
                },
                default
            );

    public async Task ResumesAsync() =>
        Assert.IsType<LineResult.Saved>(
            await App.Get<LineBook>().ResumeAsync(line.Id, Receptionist, default)
        );

    public Task UntilCarriedAsync(int count) =>
        Eventually.IsTrueAsync(
            () => Task.FromResult(Carried.Count >= count),
            $"{count} texts reach the carrier"
        );

    /// <summary>Nothing of this phone waits or is on its way any more.</summary>
    public Task UntilQuietAsync() =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = App.Db();
                return !await db.Messages.AnyAsync(m =>
                    m.Number == number
                    && (m.State == MessageState.Queued || m.State == MessageState.Sending)
                );
            },
            "nothing waits for this phone"
        );

    /// <summary>A receipt, signed.</summary>
    public async Task<HttpStatusCode> ReceiptAsync(
        string uuid,
        string status,
        string? clientRef = null,
        string? error = null,
        DateTimeOffset? at = null
    )
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["message_uuid"] = uuid,
            ["to"] = number.Digits,
            ["from"] = line.Number.Digits,
            ["timestamp"] = (at ?? Now).ToString("O"),
            ["status"] = status,
            ["channel"] = "sms",
            ["usage"] = new { currency = "EUR", price = "0.0333" },
        };
        if (clientRef is not null)
        {
            body["client_ref"] = clientRef;
        }
        if (error is not null)
        {
            body["error"] = new
            {
                type = "https://developer.vonage.com/api-errors/messages#" + error,
                title = error,
                detail = "",
            };
        }
        using var answer = await App.PostWebhookAsync("status", JsonSerializer.Serialize(body));
        return answer.StatusCode;
    }

    /// <summary>A client who has this number, with consent to transactional texts when <paramref name="consents"/>.</summary>
    public async Task<Client> ClientAsync(string first, string last, bool consents = false)
    {
        await using var db = App.Db();
        var client = new Client(Id<Client>.New(Now), first, last, Now);
        client.AddPhone(number, PhoneType.Mobile);
        db.Clients.Add(client);
        await db.SaveChangesAsync();
        if (consents)
        {
            await ConsentsAsync(client.Id);
        }
        return client;
    }

    public async Task ConsentsAsync(
        Id<Client> client,
        ConsentCategory category = ConsentCategory.Transactional,
        ConsentAction action = ConsentAction.Granted
    )
    {
        await using var db = App.Db();
        db.ConsentRecords.Add(
            new ConsentRecord(
                Id<ConsentRecord>.New(Now),
                client,
                category,
                action,
                ConsentMethod.InPerson,
                "May we text you?",
                Now,
                "Rosa Diaz",
                Now
            )
        );
        await db.SaveChangesAsync();
    }

    public async Task<NumberStanding?> StandingAsync()
    {
        await using var db = App.Db();
        return await db
            .NumberStandings.AsNoTracking()
            .SingleOrDefaultAsync(n => n.Number == number);
    }
}
