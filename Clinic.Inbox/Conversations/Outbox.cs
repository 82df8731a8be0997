using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>A text that somebody wants to send.</summary>
public sealed record Draft(
    Line Line,
    PhoneNumber Number,
    MessageKind Kind,
    Purpose Purpose,
    string Text
)
{
    /// <summary>Tracked by the session's context; null for a reminder.</summary>
    public Conversation? Conversation { get; init; }
    public Id<Client>? ClientId { get; init; }
    public string By { get; init; } = "";

    /// <summary>Not to be sent any more from then on; null: it may be late.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Files, already in storage.</summary>
    public IReadOnlyList<StoredFile> Files { get; init; } = [];
}

/// <summary>What became of a draft.</summary>
public abstract record EnqueueResult
{
    public sealed record Queued(Message Message) : EnqueueResult;

    /// <param name="Code">noConsent, optedOut, emptyText, textTooLong, fileGone or lineNotEnabled.</param>
    /// <param name="Reason">In plain words, with what to do.</param>
    public sealed record Refused(string Code, string Reason) : EnqueueResult;
}

/// <summary>The only door to the carrier: what does not pass here is never sent.</summary>
public static class Outbox
{
    /// <summary>Longest text with its suffix, UTF-16 units. Vonage documents 1,000 in one place and 3,200 in another; the smaller is safe.</summary>
    public const int LongestText = 1_000;

    /// <summary>
    /// Asks the gate, counts segments and queues the text in the session's transaction. The caller's conversation row
    /// is updated and published.
    /// </summary>
    public static async Task<EnqueueResult> EnqueueAsync(
        WriteSession session,
        Draft draft,
        CancellationToken cancellation
    )
    {
        var text = SmsText.RepairSurrogates(draft.Text).Replace('\0', '\uFFFD').Trim();
        if (text.Length == 0 && draft.Files.Count == 0)
        {
            return new EnqueueResult.Refused(
                "emptyText",
                "There is nothing to send. Write a text or attach a file."
            );
        }
        var greeting =
            draft.Kind == MessageKind.System
                ? null
                : await GreetingForAsync(session.Db, draft.Number, cancellation);
        var room = LongestText - (Message.WithSuffix(text, greeting?.Text).Length - text.Length);
        if (text.Length > room)
        {
            return new EnqueueResult.Refused(
                "textTooLong",
                $"The text has {text.Length:N0} characters; {room:N0} is the most this text can carry. Shorten it or send it in parts."
            );
        }
        if (draft.Kind == MessageKind.Conversation && !draft.Line.CanConverse)
        {
            return new EnqueueResult.Refused(
                "lineNotEnabled",
                "Two-way texting is off for this number. A practice manager can enable it in Settings, Add-ons."
            );
        }
        // What answers STOP and HELP leaves even then: the rules ask for it.
        if (draft.Kind != MessageKind.System && draft.Line.AddOn == AddOn.Off)
        {
            return new EnqueueResult.Refused(
                "lineNotEnabled",
                "Texting is off for this number. A practice manager can enable it in Settings, Add-ons."
            );
        }
        var owners = await ClientsOfNumber.FindAsync(
            session.Db,
            draft.Number,
            draft.ClientId,
            cancellation
        );
        var decision = await ConsentGate.DecideAsync(
            session.Db,
            draft.Number,
            owners,
            draft.Purpose,
            session.Now,
            cancellation
        );
        if (!decision.Allowed)
        {
            return new EnqueueResult.Refused(decision.Code, decision.Reason);
        }
        var message = await QueueAsync(session, draft, decision, text, greeting, cancellation);
        return new EnqueueResult.Queued(message);
    }

    /// <summary>What the first text to <paramref name="number"/> must end with; null when it was greeted already.</summary>
    internal static async Task<Greeting?> GreetingForAsync(
        InboxDb db,
        PhoneNumber number,
        CancellationToken cancellation
    )
    {
        var known = await db
            .NumberStandings.Where(n => n.Number == number)
            .Select(n => new { n.IntroducedAt, n.ConfirmedAt })
            .FirstOrDefaultAsync(cancellation);
        if (known is { IntroducedAt: not null })
        {
            return null;
        }
        var settings = await db.SettingAsync(
            ConsentSettings.Key,
            ConsentSettings.Default,
            cancellation
        );
        // Who has replied YES to the public form's text need not do so again.
        var asks = settings.SecondOptIn && known is not { ConfirmedAt: not null };
        var kind = asks ? TemplateKind.SecondOptInSuffix : TemplateKind.FirstMessageSuffix;
        return new Greeting(await SystemTexts.WriteAsync(db, kind, cancellation), asks);
    }

    private static async Task<Message> QueueAsync(
        WriteSession session,
        Draft draft,
        GateDecision decision,
        string text,
        Greeting? greeting,
        CancellationToken cancellation
    )
    {
        var db = session.Db;
        var now = session.Now;
        var message = new Message(
            Id<Message>.New(now),
            draft.Line.Id,
            draft.Number,
            draft.Kind,
            draft.Purpose,
            text,
            now
        )
        {
            ConversationId = draft.Conversation?.Id,
            ClientId = draft.ClientId ?? draft.Conversation?.ClientId,
            By = draft.By,
            ExpiresAt = draft.ExpiresAt,
        };
        message.MayLeave(decision);
        message.Greet(greeting);
        for (var i = 0; i < draft.Files.Count; i++)
        {
            message.Attach(draft.Files[i].ToAttachment(message.Id, i, now));
        }
        if (!await db.NumberStandings.AnyAsync(n => n.Number == draft.Number, cancellation))
        {
            // The row is what an opt-out and a sending lock against each other.
            db.NumberStandings.Add(new NumberStanding(draft.Number));
        }
        db.Messages.Add(message);
        if (draft.Conversation is { } conversation)
        {
            conversation.NoteSent(text.Length > 0 ? text : "Attachment", now);
        }
        await db.SaveChangesAsync(cancellation);
        if (draft.Conversation is { } changed)
        {
            session.Publish(new InboxEvent.MessageChanged(changed.Id, MessageView.Of(message)));
            session.Publish(
                new InboxEvent.ConversationChanged(ConversationRow.Of(changed), Flash: false)
            );
        }
        session.WakeOutbox();
        return message;
    }
}

/// <summary>What the first text to a number ends with.</summary>
/// <param name="AsksToConfirm">It asks to reply YES: the second opt-in.</param>
internal sealed record Greeting(string Text, bool AsksToConfirm);

/// <summary>A file in storage that is about to be sent.</summary>
public sealed record StoredFile(
    Id<Attachment> Id,
    string Name,
    string ContentType,
    long Size,
    int Width,
    int Height,
    bool HasThumbnail
)
{
    /// <summary>How long the carrier may fetch it.</summary>
    internal static readonly TimeSpan PublicFor = TimeSpan.FromHours(48);

    /// <summary>A file of a document or of the library.</summary>
    internal static StoredFile Of(KeptFile file) =>
        new(
            file.Id,
            file.Name,
            file.ContentType,
            file.Size,
            file.Width,
            file.Height,
            file.HasThumbnail
        );

    internal Attachment ToAttachment(Id<Message> messageId, int position, DateTimeOffset now)
    {
        var attachment = new Attachment(Id, messageId, Name, position);
        attachment.Stored(ContentType, Size, Width, Height, HasThumbnail);
        attachment.PublishFor(
            Convert.ToHexStringLower(
                System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)
            ),
            now + PublicFor
        );
        return attachment;
    }
}

/// <summary>Whose number is it.</summary>
internal static class ClientsOfNumber
{
    public static async Task<IReadOnlyCollection<Id<Client>>> FindAsync(
        InboxDb db,
        PhoneNumber number,
        Id<Client>? assigned,
        CancellationToken cancellation
    )
    {
        var owners = await db
            .ClientPhones.Where(p => p.Number == number)
            .Select(p => p.ClientId)
            .ToListAsync(cancellation);
        if (assigned is { } known && !owners.Contains(known))
        {
            owners.Add(known);
        }
        return owners;
    }
}
