using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.ConsentPages;

/// <summary>
/// YES in answer to a text that asked for it: the public form's or staff's (<see cref="OptInRequest"/>), or a first text with
/// a second opt-in. It becomes consent on record, is confirmed once, and answers nothing else.
/// </summary>
public sealed class OptInReplies : IReceivedFollowUp
{
    public int Turn => FollowUpTurn.Consent;

    public async Task FollowAsync(WriteSession session, StoredText text)
    {
        if (text.Keyword.Class != KeywordClass.Confirm || !Keywords.SaysYes(text.Text))
        {
            return;
        }
        var db = session.Db;
        // Two replies at once: the second finds the request answered.
        await session.LockAsync("NumberStandings", "Number", text.From.Value);
        var standing = await db.NumberStandings.FirstAsync(n => n.Number == text.From);
        if (standing.IsOptedOut)
        {
            return;
        }
        if (await RequestAsync(db, text) is { } request)
        {
            await AnswerAsync(session, text, standing, request.Request, request.AskedAt);
        }
        else if (standing.AwaitsConfirmation && standing.AskedToConfirmAt <= text.At)
        {
            await ConfirmAsync(session, text, standing);
        }
    }

    /// <summary>The newest request that waits and whose text may have been read.</summary>
    private static async Task<(OptInRequest Request, DateTimeOffset AskedAt)?> RequestAsync(
        InboxDb db,
        StoredText text
    )
    {
        var request = await db
            .OptInRequests.Where(r =>
                r.Number == text.From
                && r.AnsweredAt == null
                && r.LapsedAt == null
                && r.ExpiresAt > text.At
            )
            .OrderByDescending(r => r.At)
            .FirstOrDefaultAsync();
        if (request is null)
        {
            return null;
        }
        var purpose =
            request.Method == ConsentMethod.Text ? Purpose.Conversation : Purpose.OptInRequest;
        var asked = await db
            .Messages.Where(m =>
                m.Number == text.From
                && m.LineId == text.Row.LineId
                && m.Direction == MessageDirection.Outbound
                && m.Purpose == purpose
                && m.At >= request.At
                && m.At <= text.At
                && m.State != MessageState.Queued
                && m.State != MessageState.Failed
            )
            // The first since then is the one that asks.
            .OrderBy(m => m.At)
            .Select(m => (DateTimeOffset?)m.At)
            .FirstOrDefaultAsync();
        return asked is { } at ? (request, at) : null;
    }

    private static async Task AnswerAsync(
        WriteSession session,
        StoredText text,
        NumberStanding standing,
        OptInRequest request,
        DateTimeOffset askedAt
    )
    {
        text.IsAnswered = true;
        if (await StaffAskedSinceAsync(session, text, askedAt))
        {
            await session.NoteOnAsync(
                text,
                $"May answer the question for consent of {request.Name}, or another one of yours. Ask, then record the consent."
            );
            return;
        }
        var owner = request.ClientId ?? await OwnerAsync(session, text.From, request.Name);
        request.Answer(text.At, owner);
        standing.Confirmed(text.At);
        if (owner is not { } clientId)
        {
            await session.NoteOnAsync(
                text,
                $"{request.Name} agreed to texts on the public form, and several clients have this number. Record the consent for the right one."
            );
            return;
        }
        var agreed = new List<string>();
        foreach (var (category, terms) in request.Agreed())
        {
            await RecordAsync(
                session,
                clientId,
                category,
                request.Method,
                $"{terms}\n\nReplied by text: “{text.Text.Trim()}”",
                text,
                request.Name
            );
            agreed.Add(ConsentTerms.Name(category).ToLowerInvariant());
        }
        await session.NoteOnAsync(
            text,
            $"Consent recorded: {string.Join(" and ", agreed)} ({ConsentGate.Name(request.Method)})."
        );
        await ThankAsync(session, text);
    }

    /// <summary>The second opt-in: whoever of this number's clients consented did so by this phone too.</summary>
    private static async Task ConfirmAsync(
        WriteSession session,
        StoredText text,
        NumberStanding standing
    )
    {
        var db = session.Db;
        var asked = await db
            .Messages.Where(m => m.Number == text.From && m.AsksToConfirm && m.At <= text.At)
            .OrderByDescending(m => m.At)
            .Select(m => new { m.Suffix, m.At })
            .FirstOrDefaultAsync();
        if (
            await StaffAskedSinceAsync(session, text, asked?.At ?? standing.AskedToConfirmAt!.Value)
        )
        {
            text.IsAnswered = true;
            await session.NoteOnAsync(
                text,
                "May answer the second opt-in, or your own question. If it was the opt-in, ask for one more YES."
            );
            return;
        }
        text.IsAnswered = true;
        standing.Confirmed(text.At);
        var owners = await ClientsOfNumber.FindAsync(
            db,
            text.From,
            text.Row.ClientId,
            CancellationToken.None
        );
        foreach (var clientId in owners)
        {
            if (
                await ConsentGate.HoldingAsync(
                    db,
                    clientId,
                    ConsentCategory.Transactional,
                    CancellationToken.None
                ) is
                { } holding
            )
            {
                var name = await db
                    .Clients.Where(c => c.Id == clientId)
                    .Select(c => (c.FirstName + " " + c.LastName).Trim())
                    .FirstAsync();
                await RecordAsync(
                    session,
                    clientId,
                    ConsentCategory.Transactional,
                    ConsentMethod.Text,
                    $"{holding.Terms}\n\nAsked by text: “{asked?.Suffix}”\nReplied: “{text.Text.Trim()}”",
                    text,
                    name
                );
            }
        }
        await db.SaveChangesAsync();
        await session.NoteOnAsync(text, "Second opt-in confirmed.");
        await ThankAsync(session, text);
    }

    /// <summary>A bare yes answers whoever spoke last.</summary>
    private static Task<bool> StaffAskedSinceAsync(
        WriteSession session,
        StoredText text,
        DateTimeOffset asked
    ) =>
        session.Db.Messages.AnyAsync(m =>
            m.ConversationId == text.Row.Id
            && m.Direction == MessageDirection.Outbound
            && m.Kind == MessageKind.Conversation
            && m.At > asked
            && m.At <= text.At
        );

    /// <summary>
    /// The one client who has the number; of several the one with that name; a new one when nobody has it. Null: staff must
    /// say whose it is.
    /// </summary>
    private static async Task<Id<Client>?> OwnerAsync(
        WriteSession session,
        PhoneNumber number,
        string name
    )
    {
        var owners = await session
            .Db.Clients.Where(c => c.Phones.Any(p => p.Number == number))
            .ToListAsync();
        if (owners is [var only])
        {
            return only.Id;
        }
        if (owners.Count > 1)
        {
            var named = owners.FindAll(c =>
                string.Equals(c.FullName, name, StringComparison.CurrentCultureIgnoreCase)
            );
            return named is [var one] ? one.Id : null;
        }
        var space = name.LastIndexOf(' ');
        var draft = new ClientDraft
        {
            FirstName = space < 0 ? name : name[..space],
            LastName = space < 0 ? "" : name[(space + 1)..],
            Phones = [new PhoneDraft(number.Value, PhoneType.Mobile)],
        };
        return
            await ClientBook.CreateAsync(session, draft, new Actor("client", name))
                is ClientResult.Saved saved
            ? saved.Client.Id
            : null;
    }

    private static async Task RecordAsync(
        WriteSession session,
        Id<Client> clientId,
        ConsentCategory category,
        ConsentMethod method,
        string terms,
        StoredText text,
        string name
    )
    {
        var result = await ConsentBook.RecordAsync(
            session,
            clientId,
            category,
            method,
            terms,
            text.At,
            new Actor("client", name)
        );
        if (result is not ConsentResult.Recorded)
        {
            throw new InvalidOperationException($"A client's consent was not written: {result}.");
        }
    }

    /// <summary>Once: the request or the second opt-in is answered by now, and another YES finds none.</summary>
    private static async Task ThankAsync(WriteSession session, StoredText text)
    {
        var line = await session.Db.Lines.SingleAsync(l => l.Id == text.Row.LineId);
        var conversation = await session.Db.Conversations.SingleAsync(c => c.Id == text.Row.Id);
        await KeywordAnswers.QueueAsync(
            session,
            line,
            conversation,
            TemplateKind.OptInConfirmation,
            CancellationToken.None
        );
    }
}
